import { describe, expect, it } from 'vitest';
import { subjectKey, subjectOf } from '../../src/evidence/subject.ts';
import type { Component } from '../../src/graph/fleet.ts';
import { DIGESTS } from '../arbitraries.ts';

const [one, two] = DIGESTS.sha512;
const [sha1] = DIGESTS.sha1;
const [sha256] = DIGESTS.sha256;

function component(other: Partial<Component> = {}): Component {
  return {
    ecosystem: 'npm',
    name: '@scope/p',
    version: '1.0.0',
    source: 'registry',
    integrity: one,
    resolved: undefined,
    ...other,
  };
}

describe('subjectOf', () => {
  it.each([
    ['the digest', one, [one]],
    ['the digest without its options', `${one}?option`, [one]],
    ['only the sha512 of several', `${sha1} ${one} ${sha256}`, [one]],
    ['every sha512, once, in one order', `${two} ${one}\t${two}`, [one, two].sort()],
    ['what is well-formed', `yarn10c0-abcdef sha512-short ${one}`, [one]],
  ])('binds %s', (_, integrity, digests) => {
    expect(subjectOf(component({ integrity }), false)).toEqual({
      subject: { name: '@scope/p', version: '1.0.0', digests },
    });
  });

  it('binds what is bundled in one place and locked by digest', () => {
    expect(subjectOf(component(), true)).toHaveProperty('subject');
  });

  it.each<[string, Partial<Component>, boolean, string]>([
    ['a workspace', { source: 'workspace' }, false, 'first-party'],
    ['a link', { source: 'link' }, false, 'first-party'],
    ['a directory or tarball of the tree', { source: 'file' }, false, 'first-party'],
    ['a git source, digest or not', { source: 'git' }, false, 'git'],
    ['a tarball from anywhere', { source: 'url' }, false, 'url'],
    ['another ecosystem', { ecosystem: 'pypi' }, false, 'ecosystem'],
    ['a sha1', { integrity: sha1 }, false, 'weak-digest'],
    ['a sha1, bundled', { integrity: sha1 }, true, 'weak-digest'],
    ['a sha256', { integrity: sha256 }, false, 'weak-digest'],
    ['no digest', { integrity: undefined }, false, 'no-digest'],
    ['no digest, bundled', { integrity: undefined }, true, 'bundled'],
    ['a digest cut short', { integrity: one.slice(0, 60) }, false, 'no-digest'],
    ['text that is no digest', { integrity: 'sha512-abc' }, false, 'no-digest'],
    ['an empty text', { integrity: '' }, false, 'no-digest'],
    ['a name of an object', { integrity: `constructor-${one.slice(7)}` }, false, 'no-digest'],
    ["Yarn Berry's checksum", { integrity: `yarn10c0-${'0'.repeat(128)}` }, false, 'own-checksum'],
    ['a digest of no version', { version: undefined }, false, 'no-digest'],
  ])('binds nothing to %s', (_, other, bundled, reason) => {
    expect(subjectOf(component(other), bundled)).toEqual({ reason });
  });
});

describe('subjectKey', () => {
  const subject = { name: 'p', version: '1.0.0', digests: [one] };

  it('is equal for equal subjects, whatever the order in the lockfile', () => {
    const [first, second] = [`${one} ${two}`, `${two} ${one}`].map((integrity) =>
      subjectOf(component({ integrity }), false),
    );
    expect(first).toHaveProperty('subject');
    expect(first).toEqual(second);
  });

  it.each([
    { ...subject, name: 'q' },
    { ...subject, version: '1.0.1' },
    { ...subject, digests: [two] },
    { ...subject, digests: [one, two] },
    { ...subject, name: 'p","1.0.0', version: '' },
  ])('differs for %j', (other) => {
    expect(subjectKey(other)).not.toBe(subjectKey(subject));
  });
});

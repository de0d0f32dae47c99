/** Verdicts that are kept: only good ones, only for the same question, and only in a shape that can be used. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Judges } from '../../src/evidence/judging.ts';
import { Store } from '../../src/registry/store.ts';
import { scratch } from '../cli/harness.ts';
import { createSigstore } from '../sigstore/instance.ts';
import { sha512Of } from '../sigstore/packages.ts';

const sigstore = createSigstore();
const integrity = sha512Of('a@1.0.0');
const about = { name: 'a', version: '1.0.0', integrity };
const subject = { name: 'a', version: '1.0.0', digests: [integrity] };
const trust = { trustedRoot: sigstore.trustedRoot, keys: sigstore.keys() };
const publish = sigstore.publishAttestation(about);
const provenance = sigstore.provenance({ ...about, predicate: 'v1' });
const GOOD = sigstore.response(publish, provenance);

async function judging() {
  const store = new Store(scratch());
  const files = () =>
    readdirSync(store.directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  /** A run of its own. */
  const judge = (...[by, about, answer]: Parameters<Judges['judge']>) => new Judges(store, 0).judge(by, about, answer);
  return { judge, files };
}

describe('a verdict', () => {
  it('that is good is kept, and taken from there', async () => {
    const { judge, files } = await judging();
    const first = await judge(trust, subject, GOOD);
    expect([first.publish.reason, first.provenance.reason]).toEqual(['verified', 'verified']);
    const [file = '', ...others] = files();
    expect(others).toEqual([]);
    expect(await judge(trust, subject, GOOD)).toEqual(first);
    const commit = 'f'.repeat(40);
    writeFileSync(file, readFileSync(file, 'utf8').replace(first.build!.commit!, commit));
    expect((await judge(trust, subject, GOOD)).build).toEqual({ ...first.build, commit });
  });

  it('is of this subject, this answer and this trust alone', async () => {
    const { judge, files } = await judging();
    const other = createSigstore();
    await judge(trust, subject, GOOD);
    await judge(trust, subject, `${GOOD} `);
    await judge({ ...trust, keys: `${trust.keys} ` }, subject, GOOD);
    expect(files()).toHaveLength(3);
    const wrong = [
      await judge(trust, { ...subject, digests: [sha512Of('other')] }, GOOD),
      await judge(trust, { ...subject, version: '1.0.1' }, GOOD),
      await judge(trust, { ...subject, name: 'b' }, GOOD),
      await judge({ ...trust, trustedRoot: other.trustedRoot }, subject, GOOD),
    ];
    expect(wrong.map((verdicts) => verdicts.provenance.reason)).toEqual([
      'wrong-digest',
      'wrong-subject',
      'wrong-subject',
      'bad-bundle',
    ]);
    expect(files()).toHaveLength(3);
  });

  it('that is not good is worked out again', async () => {
    const { judge, files } = await judging();
    for (const answer of [
      '{}',
      sigstore.response(),
      sigstore.response({ ...publish, predicateType: 'x' }, provenance),
    ]) {
      await judge(trust, subject, answer);
    }
    expect(files()).toEqual([]);
    expect((await judge(trust, subject, sigstore.response(publish))).provenance.reason).toBe('not-attested');
    expect(files()).toHaveLength(1);
  });

  it.each([
    ['an accusation', (text: string) => text.replaceAll('"verified"', '"bad-bundle"')],
    ['a reason that is none', (text: string) => text.replaceAll('"verified"', '"constructor"')],
    ['a detail that is no text', (text: string) => text.replaceAll('"verified"', '"verified","detail":7')],
    ['a build of numbers', (text: string) => text.replaceAll(/"owner":"[^"]*"/g, '"owner":7')],
    ['a build with a commit that is no text', (text: string) => text.replaceAll(/"commit":"[^"]*"/g, '"commit":null')],
    ['a provenance without a build', (text: string) => text.replace(/,"build":\{[^}]*\}/, '')],
    ['nothing', () => ''],
  ])('kept as %s is worked out again', async (_, change) => {
    const { judge, files } = await judging();
    const first = await judge(trust, subject, GOOD);
    const [file = ''] = files();
    const text = readFileSync(file, 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(file, change(text));
    expect(await judge(trust, subject, GOOD)).toEqual(first);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

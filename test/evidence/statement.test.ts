/** Statements against the release they are asked for. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  claimedPredicateType,
  PROVENANCE_V1,
  PROVENANCE_V02,
  PUBLISH_V01,
  parseStatement,
  predicateKind,
  publishProblem,
  type Statement,
  subjectProblem,
} from '../../src/evidence/statement.ts';
import type { Subject } from '../../src/evidence/subject.ts';

const BYTES = Buffer.alloc(64, 7);
const HEX = BYTES.toString('hex');
const DIGEST = `sha512-${BYTES.toString('base64')}`;
const OTHER = `sha512-${Buffer.alloc(64, 8).toString('base64')}`;
const REGISTRY = 'https://registry.example/';
const SCOPED: Subject = { name: '@scope/name', version: '1.0.0', digests: [DIGEST] };

const about = (name: unknown, digest: unknown = { sha512: HEX }): Statement => ({
  predicateType: PUBLISH_V01,
  predicate: {},
  subjects: [{ name, digest }],
});
const parsed = (value: unknown) =>
  parseStatement(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)));

describe('a statement', () => {
  const good = {
    _type: 'https://in-toto.io/Statement/v1',
    predicateType: PROVENANCE_V1,
    subject: [],
    predicate: { a: 1 },
  };

  it.each(['v0.1', 'v1'])('of type %s is read', (version) => {
    const statement = { ...good, _type: `https://in-toto.io/Statement/${version}` };
    expect(parsed(statement)).toEqual({
      statement: { predicateType: PROVENANCE_V1, predicate: { a: 1 }, subjects: [] },
    });
  });

  it.each([
    ['bad-bundle', '{'],
    ['bad-bundle', []],
    ['bad-bundle', {}],
    ['bad-bundle', { ...good, _type: 7 }],
    ['bad-bundle', { ...good, _type: 'https://example.com/Statement/v1' }],
    ['bad-bundle', { ...good, predicateType: undefined }],
    ['bad-bundle', { ...good, subject: {} }],
    ['unsupported', { ...good, _type: 'https://in-toto.io/Statement/v2' }],
  ])('is refused as %s: %j', (reason, value) => {
    expect(parsed(value)).toMatchObject({ verdict: { reason } });
  });

  it('is read or refused, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(parseStatement(Buffer.from(bytes))).toHaveProperty('verdict');
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(Object.keys(parsed(value))).toHaveLength(1);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(claimedPredicateType(value)).toBeUndefined();
      }),
    );
  });

  it.each([
    [PUBLISH_V01, { kind: 'publish', known: true }],
    [PUBLISH_V01.replace('v0.1', 'v1'), { kind: 'publish', known: false }],
    [PROVENANCE_V02, { kind: 'provenance', known: true }],
    [PROVENANCE_V1, { kind: 'provenance', known: true }],
    ['https://slsa.dev/provenance/v2', { kind: 'provenance', known: false }],
    ['https://slsa.dev/provenance/v0.1', { kind: 'provenance', known: false }],
    ['https://slsa.dev/verification_summary/v1', undefined],
    ['https://spdx.dev/Document', undefined],
    ['', undefined],
  ])('with predicate type %s', (type, kind) => expect(predicateKind(type)).toEqual(kind));
});

describe('the subject', () => {
  it.each([
    'pkg:npm/%40scope/name@1.0.0',
    'pkg:npm/@scope/name@1.0.0',
    'pkg:npm/%40scope%2Fname@1.0.0',
    'pkg:npm/%40scope/name@1.0.0?repository_url=https://registry.example',
    'pkg:npm/%40scope/name@1.0.0?repository_url=https%3A%2F%2Fregistry.example%2F',
  ])('%s is @scope/name 1.0.0', (name) => expect(subjectProblem(about(name), SCOPED, REGISTRY)).toBeUndefined());

  it.each([
    'pkg:npm/scope/name@1.0.0',
    'pkg:npm/%2540scope/name@1.0.0',
    'pkg:npm/%40Scope/name@1.0.0',
    'pkg:npm/%40scope/name@1.0.1',
    'pkg:npm/%40scope/name@1.0.0 ',
    'pkg:npm/%40scope/name',
    'pkg:npm/%40scope/name@',
    'pkg:npm/%40scope/name@1.0.0#sub/path',
    'pkg:npm/%40scope/name@1.0.0?repository_url=https://elsewhere.example',
    'pkg:npm/%40scope/name@1.0.0?arch=arm',
    'pkg:npm/%E0%A4%A/name@1.0.0',
    'pkg:pypi/%40scope/name@1.0.0',
    'PKG:NPM/%40scope/name@1.0.0',
    '@scope/name@1.0.0',
    '',
    7,
    undefined,
    { toString: 1, valueOf: 2 },
  ])('%j is not @scope/name 1.0.0', (name) => {
    expect(subjectProblem(about(name), SCOPED, REGISTRY)).toMatchObject({ reason: 'wrong-subject' });
  });

  it('has any name and version, encoded', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, text, (name, version, other) => {
        const subject: Subject = { name, version, digests: [DIGEST] };
        const purl = (a: string, b: string) => `pkg:npm/${encodeURIComponent(a)}@${encodeURIComponent(b)}`;
        expect(subjectProblem(about(purl(name, version)), subject)).toBeUndefined();
        fc.pre(other !== name);
        expect(subjectProblem(about(purl(other, version)), subject)).toMatchObject({ reason: 'wrong-subject' });
      }),
    );
  });

  it.each([0, 2])('must be one: %i', (count) => {
    const subjects = Array.from({ length: count }, () => about('pkg:npm/%40scope/name@1.0.0').subjects[0]);
    const statement = { ...about(''), subjects };
    expect(subjectProblem(statement, SCOPED)).toMatchObject({ reason: 'wrong-subject', detail: `${count} subjects` });
  });

  it.each<[string | undefined, readonly string[], unknown]>([
    [undefined, [DIGEST], { sha512: HEX }],
    [undefined, [DIGEST], { sha512: HEX.toUpperCase(), sha1: 'x' }],
    [undefined, [DIGEST, `${DIGEST.slice(0, -3)}z==`], { sha512: HEX }],
    ['several-digests', [DIGEST, OTHER], { sha512: HEX }],
    ['several-digests', [OTHER, DIGEST], { sha512: HEX }],
    ['wrong-digest', [OTHER], { sha512: HEX }],
    ['wrong-digest', [], { sha512: HEX }],
    ['wrong-digest', [DIGEST], { sha512: '' }],
    ['wrong-digest', [DIGEST], { sha512: HEX.slice(2) }],
    ['wrong-digest', [DIGEST], { sha512: [HEX] }],
    ['wrong-digest', [DIGEST], { sha256: HEX }],
    ['wrong-digest', [DIGEST], undefined],
  ])('with its digest: %s', (reason, digests, digest) => {
    const statement: Statement = { ...about(''), subjects: [{ name: 'pkg:npm/%40scope/name@1.0.0', digest }] };
    expect(subjectProblem(statement, { ...SCOPED, digests })?.reason).toBe(reason);
  });
});

describe('a publish predicate', () => {
  const publish = { name: '@scope/name', version: '1.0.0', registry: 'https://registry.example' };
  const problem = (predicate: Statement['predicate'], registry?: string) =>
    publishProblem({ ...about(''), predicate }, SCOPED, registry)?.reason;

  it('names the release, and the registry where one is expected', () => {
    expect(problem(publish)).toBeUndefined();
    expect(problem(publish, REGISTRY)).toBeUndefined();
    expect(problem(publish, 'https://REGISTRY.example')).toBeUndefined();
    expect(problem({ ...publish, registry: undefined })).toBeUndefined();
  });

  it.each([
    [{ ...publish, name: 'name' }],
    [{ ...publish, version: '1.0.1' }],
    [{ ...publish, registry: 'https://registry.example/npm' }],
    [{ ...publish, registry: 'http://registry.example' }],
    [{ ...publish, registry: ['https://registry.example'] }],
    [{ name: publish.name, version: publish.version }],
    [{ ...publish, name: { toString: 1 }, version: { toString: 1 } }],
    [{ ...publish, registry: { toString: 1 } }],
    [{}],
  ])('does not: %j', (predicate) => expect(problem(predicate, REGISTRY)).toBe('wrong-subject'));
});

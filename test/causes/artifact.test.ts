import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { artifactLayer } from '../../src/causes/artifact.ts';
import type { Cause } from '../../src/causes/layer.ts';
import { DIGESTS, fleetArbitrary } from '../arbitraries.ts';
import { fleetOf, keysOf, membersOf } from '../described.ts';
import { type TwinLockfile, type TwinNode, twinArtifacts } from '../twin.ts';

const [one, two] = DIGESTS.sha512;
const [old, other] = DIGESTS.sha1;

/** A lockfile that holds some forms of left@1.0.0. */
function holding(...forms: readonly Partial<TwinNode>[]): TwinLockfile {
  const left: TwinNode = { ecosystem: 'npm', name: 'left', version: '1.0.0', source: 'registry' };
  return { path: 'a/package-lock.json', nodes: forms.map((form) => ({ ...left, ...form })), edges: [], projects: [] };
}

/** Causes with the numbers of their components, which are those of the nodes where all nodes differ. */
function artifacts(lockfile: TwinLockfile): { readonly cause: Cause; readonly members: number[] }[] {
  const table = artifactLayer(fleetOf([lockfile]));
  return table.causes.map((cause, index) => ({
    cause,
    members: lockfile.nodes.flatMap((_, c) =>
      table.members.subarray(table.start[c]!, table.start[c + 1]!).includes(index) ? [c] : [],
    ),
  }));
}

function memberLists(lockfile: TwinLockfile): number[][] {
  return artifacts(lockfile).map(({ members }) => members);
}

describe('artifactLayer on random fleets', () => {
  it('groups the same components as its naive twin, with the same identity', () => {
    fc.assert(
      fc.property(fleetArbitrary, ({ lockfiles }) => {
        const fleet = fleetOf(lockfiles);
        const table = artifactLayer(fleet);
        const text = (members: Set<string>, identity: string) => [...members].sort().concat(identity).join('\n');
        const found = membersOf(fleet, table).map((members, at) => text(members, table.causes[at]!.identity));
        const expected = twinArtifacts(keysOf(lockfiles)).map(({ members, identity }) => text(members, identity));
        expect(found.sort()).toEqual(expected.sort());
      }),
      { numRuns: 400 },
    );
  });

  it('gives every cause an id of its own, and the same one whatever is read first', () => {
    fc.assert(
      fc.property(fleetArbitrary, ({ lockfiles }) => {
        const causes = (order: readonly TwinLockfile[]) => {
          const fleet = fleetOf(order);
          const table = artifactLayer(fleet);
          const members = membersOf(fleet, table);
          return new Map(table.causes.map((cause, at) => [cause.id, { cause, members: members[at] }]));
        };
        const found = causes(lockfiles);
        expect(found.size).toBe(artifactLayer(fleetOf(lockfiles)).causes.length);
        expect(causes([...lockfiles].reverse())).toEqual(found);
      }),
      { numRuns: 200 },
    );
  });
});

describe('artifactLayer', () => {
  it('joins equal digests, whatever the name and the source', () => {
    const lockfile = holding(
      { integrity: one },
      { name: 'alias', integrity: `${one} ${old}` },
      { source: 'url', integrity: old },
    );
    expect(memberLists(lockfile)).toEqual([[0, 1, 2]]);
    expect(artifacts(lockfile)[0]!.cause.identity).toBe('exact');
  });

  it('takes differing digests for two artifacts and tells them apart by id and name', () => {
    const [first, second] = artifacts(holding({ integrity: one }, { integrity: two }));
    expect([first!.members, second!.members]).toEqual([[0], [1]]);
    expect(first!.cause.id).toBe(`artifact:npm/left@1.0.0#${one.slice(0, 23)}`);
    expect(first!.cause.name).toBe(`left@1.0.0#${one.slice(0, 23)}`);
    expect(first!.cause.id).not.toBe(second!.cause.id);
  });

  it('lets a component with only a sha1 join both of two artifacts whose sha512 differ', () => {
    const found = artifacts(holding({ integrity: one }, { integrity: two }, { integrity: old }));
    expect(found.map(({ members }) => members)).toEqual([
      [0, 2],
      [1, 2],
    ]);
    expect(found.map(({ cause }) => cause.identity)).toEqual(['assumed', 'assumed']);
    expect(new Set(found.map(({ cause }) => cause.id)).size).toBe(2);
  });

  it('lets a sha1 join only the artifact that is known to have it', () => {
    const lockfile = holding({ integrity: `${one} ${old}` }, { integrity: two }, { integrity: old });
    expect(memberLists(lockfile)).toEqual([[0, 2], [1]]);
  });

  it('keeps two differing sha1 apart where each may be the sha512', () => {
    expect(memberLists(holding({ integrity: one }, { integrity: old }, { integrity: other }))).toEqual([
      [0, 1],
      [0, 2],
    ]);
  });

  it('counts a component without a digest, or with one of another archive, as every artifact of its release', () => {
    const lockfile = holding(
      { integrity: one },
      { integrity: two },
      {},
      { integrity: 'yarn10c0-abc' },
      { version: '2.0.0' },
    );
    expect(memberLists(lockfile)).toEqual([[0, 2, 3], [1, 2, 3], [4]]);
  });

  it('makes no second, smaller cause of bytes that a release of another name has too', () => {
    expect(memberLists(holding({ integrity: one }, { integrity: old }, { name: 'alias', integrity: one }))).toEqual([
      [0, 1, 2],
    ]);
  });

  it('never assumes across ecosystems, versions or sources', () => {
    const lockfile = holding({}, { ecosystem: 'pypi' }, { version: '2.0.0' }, { source: 'url' }, { source: 'git' });
    expect(memberLists(lockfile)).toEqual([[3], [4], [0], [1], [2]]);
  });

  it('joins one commit of one package by whatever URL it is cloned', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567';
    const at = (url: string, name = 'left') => ({ source: 'git' as const, name, resolved: `${url}#${commit}` });
    const lockfile = holding(
      at('git+https://git.example/a.git'),
      at('git+ssh://git@git.example/a.git'),
      at('git+https://git.example/a.git', 'right'),
      { source: 'git', resolved: 'git+https://git.example/a.git#main' },
    );
    expect(memberLists(lockfile)).toEqual([[0, 1], [2], [3]]);
  });

  it("joins one directory of one's own, a workspace here and a link there", () => {
    const lockfile = holding(
      { source: 'workspace', resolved: 'ui', name: '@own/ui' },
      { source: 'link', resolved: 'ui', name: 'ui', version: undefined },
      { source: 'link', resolved: 'lib' },
    );
    expect(memberLists(lockfile)).toEqual([[0, 1], [2]]);
    expect(artifacts(lockfile)[0]!.cause).toMatchObject({ firstParty: true, identity: 'weak' });
  });

  it('does not call a vendored copy of registry bytes first-party', () => {
    const [only] = artifacts(
      holding({ source: 'file', resolved: 'vendor/left.tgz', integrity: one }, { integrity: one }),
    );
    expect(only!.cause).toMatchObject({ id: 'artifact:npm/left@1.0.0', firstParty: false });
  });

  it('keeps ids apart where names, versions and prefixes of digests are made to collide', () => {
    const twin = `${one.slice(0, 40)}${two.slice(40)}`;
    const lockfile = holding(
      { integrity: one },
      { integrity: twin },
      { version: `1.0.0#${one.slice(0, 23)}` },
      { version: `1.0.0#${createHash('sha256').update(one).digest('hex')}` },
      { name: 'left@1.0.0', version: undefined },
      { name: '__proto__' },
    );
    const ids = artifacts(lockfile).map(({ cause }) => cause.id);
    expect(new Set(ids).size).toBe(6);
  });

  it('never shows a URL in an id or name', () => {
    const secret = (path: string) => ({ source: 'url' as const, resolved: `https://user:secret@host.example/${path}` });
    const text = JSON.stringify(artifacts(holding(secret('a'), secret('b'))).map(({ cause }) => cause));
    expect(text).not.toContain('secret');
  });

  it('bounds a release with a hostile number of digests: each by itself, and all as one', () => {
    const sha = (n: number) => `sha512-${Buffer.alloc(64, `${n}`.padStart(8, '0')).toString('base64')}`;
    const forms = Array.from({ length: 20_000 }, (_, n) => ({ integrity: sha(n) }));
    const found = memberLists(holding(...forms.slice(0, 100), { integrity: old }, {}));
    expect(found).toHaveLength(102);
    expect(found.at(-1)).toHaveLength(102);
    const table = artifactLayer(fleetOf([holding(...forms, { integrity: old }, {})]));
    expect(table.members).toHaveLength(40_003);
  });
});

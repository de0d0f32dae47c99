/** Random small fleets. Every pool is tiny, so that sharing, conflicts and cycles are common. */
import fc from 'fast-check';
import type { TwinEdge, TwinLockfile, TwinNode, TwinSystem } from './twin.ts';

const digest = (algorithm: string, bytes: number, fill: number): string =>
  `${algorithm}-${Buffer.alloc(bytes, fill).toString('base64')}`;

/** Well-formed digests by algorithm; the last of each bears the same bytes for nobody. */
export const DIGESTS = {
  sha512: [digest('sha512', 64, 1), digest('sha512', 64, 2)],
  sha256: [digest('sha256', 32, 3)],
  sha1: [digest('sha1', 20, 4), digest('sha1', 20, 5)],
} as const;

const integrity = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  { weight: 5, arbitrary: fc.constantFrom(...DIGESTS.sha512, ...DIGESTS.sha1, ...DIGESTS.sha256) },
  {
    weight: 1,
    arbitrary: fc
      .uniqueArray(fc.constantFrom(...DIGESTS.sha512, ...DIGESTS.sha1, ...DIGESTS.sha256), {
        minLength: 2,
        maxLength: 2,
      })
      .map((digests) => digests.join(' ')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('yarn10c0-abcdef', 'sha512-short', 'toString', '', `${DIGESTS.sha1[0]}?option`),
  },
);

const COMMIT = 'c0ffee'.repeat(7).slice(0, 40);
const NAMES = ['left', 'right', '__proto__', '@scope/up'];

const fromRegistry: fc.Arbitrary<TwinNode> = fc.record({
  ecosystem: fc.constantFrom('npm', 'npm', 'npm', 'pypi'),
  name: fc.constantFrom(...NAMES),
  version: fc.constantFrom('1.0.0', '1.0.0', '2.0.0', undefined),
  source: fc.constant('registry' as const),
  integrity,
  resolved: fc.constantFrom(undefined, 'https://registry.example/one.tgz', 'https://registry.example/two.tgz'),
});

const fromElsewhere: fc.Arbitrary<TwinNode> = fc.record({
  ecosystem: fc.constant('npm'),
  name: fc.constantFrom(...NAMES),
  version: fc.constantFrom('1.0.0', undefined),
  source: fc.constantFrom('git' as const, 'url' as const, 'file' as const, 'link' as const),
  integrity: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: integrity }),
  resolved: fc.constantFrom(
    undefined,
    'libs/ui',
    '../libs/ui',
    '../../../outside',
    'w0',
    `git+https://git.example/one.git#${COMMIT}`,
    `git+ssh://git.example/one.git#${COMMIT}`,
  ),
});

const node = fc.oneof({ weight: 5, arbitrary: fromRegistry }, { weight: 1, arbitrary: fromElsewhere });
const kind: fc.Arbitrary<TwinEdge['kind']> = fc.constantFrom('prod', 'prod', 'dev', 'optional', 'peer', 'peerOptional');

const PATHS = [
  'package-lock.json',
  'a/package-lock.json',
  'b/package-lock.json',
  'deep/c/pnpm-lock.yaml',
  'b/yarn.lock',
];

/** A lockfile with or without a root, 0 to 5 workspaces, up to 15 packages, edges of all kinds between any of them. */
export const lockfileArbitrary: fc.Arbitrary<TwinLockfile> = fc
  .record({
    path: fc.constantFrom(...PATHS),
    hasRoot: fc.integer({ min: 0, max: 5 }).map((n) => n > 0),
    workspaces: fc.integer({ min: 0, max: 5 }),
    packages: fc.array(node, { minLength: 1, maxLength: 15 }),
  })
  .chain(({ path, hasRoot, workspaces, packages }) => {
    const paths = [...(hasRoot ? [''] : []), ...Array.from({ length: workspaces }, (_, index) => `w${index}`)];
    const projects = paths.map((project, index) => ({ node: index, path: project }));
    const own = paths.map(
      (project): TwinNode => ({
        ecosystem: 'npm',
        name: project,
        version: '0.0.0',
        source: 'workspace',
        resolved: project,
      }),
    );
    const nodes = [...own, ...packages];
    const any = fc.nat(nodes.length - 1);
    const project = fc.nat(Math.max(0, paths.length - 1));
    const to = fc.oneof({ weight: 9, arbitrary: any }, { weight: 1, arbitrary: fc.constant(undefined) });
    return fc
      .record({
        between: fc.array(fc.record({ from: any, to, kind }), { maxLength: 30 }),
        fromProjects: fc.array(fc.record({ from: project, to, kind }), { maxLength: 8 }),
        amongProjects: fc.array(fc.record({ from: project, to: project, kind }), { maxLength: 5 }),
      })
      .map(({ between, fromProjects, amongProjects }) => ({
        path,
        nodes,
        edges: [...fromProjects, ...amongProjects, ...between],
        projects,
      }));
  });

export interface DescribedFleet {
  readonly lockfiles: readonly TwinLockfile[];
  /** Weights of the services in turn, in tenths. */
  readonly tenths: readonly number[];
  /** k-of-n systems; members are taken modulo the number of services, `need` modulo the number of members. */
  readonly systems: readonly TwinSystem[];
}

// Tenths that are no binary fractions: sums in another order differ in the last bit.
const tenths = fc.constantFrom(1, 2, 3, 7, 10, 10, 20);

export const fleetArbitrary: fc.Arbitrary<DescribedFleet> = fc.record({
  lockfiles: fc.array(lockfileArbitrary, { minLength: 1, maxLength: 5 }),
  tenths: fc.array(tenths, { minLength: 1, maxLength: 4 }),
  systems: fc.array(
    fc.record({ members: fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), need: fc.nat(3), tenths }),
    { maxLength: 3 },
  ),
});

/** The systems of a described fleet over a number of services that is known. */
export function resolveSystems(systems: readonly TwinSystem[], services: number): TwinSystem[] {
  if (services === 0) return [];
  return systems.map(({ members, need, tenths: weight }) => {
    const distinct = [...new Set(members.map((member) => member % services))].sort((a, b) => a - b);
    return { members: distinct, need: 1 + (need % distinct.length), tenths: weight };
  });
}

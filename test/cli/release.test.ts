/** The layer release from lockfiles and the files beside them to the report, and the witness of a cause. */
import { describe, expect, it } from 'vitest';
import { spofDeps, tree } from './harness.ts';

type Dependencies = Readonly<Record<string, string>>;

/** A package-lock.json of one level: what the root declares, and packages as version and what they depend on. */
function lock(
  root: Dependencies,
  packages: Readonly<Record<string, readonly [version: string, dependencies?: Dependencies]>>,
): string {
  const entries = Object.entries(packages).map(([name, [version, dependencies = {}]]) => [
    `node_modules/${name}`,
    { version, dependencies },
  ]);
  const rootEntry = { name: 'made', dependencies: root };
  return JSON.stringify({
    name: 'made',
    lockfileVersion: 3,
    packages: { '': rootEntry, ...Object.fromEntries(entries) },
  });
}

const PNPM = `lockfileVersion: '9.0'
importers:
  .:
    dependencies:
      top:
        specifier: ^1.0.0
        version: 1.0.0
      odd:
        specifier: ^1.0.0
        version: 1.0.0
packages:
  top@1.0.0:
    resolution: {integrity: sha512-AAAA}
  odd@1.0.0:
    resolution: {integrity: sha512-BBBB}
  deep@2.3.4:
    resolution: {integrity: sha512-CCCC}
snapshots:
  top@1.0.0:
    dependencies:
      deep: 2.3.4
  odd@1.0.0:
    dependencies:
      deep: 2.3.4
  deep@2.3.4: {}
`;

const top = { top: ['1.0.0', { deep: '^2.0.0' }], deep: ['2.3.4'] } as const;

async function releases(files: Readonly<Record<string, string>>, ...args: string[]) {
  const { stdout, code } = await spofDeps([tree(files), '--format', 'json', '--layer', 'release', ...args]);
  const report = JSON.parse(stdout);
  const { top: causes, known, of } = report.layers.release;
  return { causes: new Map(causes.map((cause: { id: string }) => [cause.id, cause])), known, of, code, report };
}

const reachOf = (found: Awaited<ReturnType<typeof releases>>, id: string) =>
  (found.causes.get(id) as { services: string[] } | undefined)?.services ?? [];

describe('the next patch of a release line', () => {
  it('reaches who would take it, and nobody else', async () => {
    const found = await releases({
      'caret/package-lock.json': lock({ top: '^1.0.0' }, top),
      'pinned/package-lock.json': lock({ top: '1.0.0', deep: '2.3.4' }, top),
      'other/package-lock.json': lock({ deep: '^1.0.0' }, { deep: ['1.2.0'] }),
    });
    expect(reachOf(found, 'release:npm/deep@^2')).toEqual(['caret']);
    expect(reachOf(found, 'release:npm/top@^1')).toEqual(['caret']);
    expect(reachOf(found, 'release:npm/deep@^1')).toEqual(['other']);
    expect([found.known, found.of]).toEqual([6, 6]);
  });

  it('is judged in a pnpm lockfile by what another lockfile says of the same release, and else not known', async () => {
    const found = await releases({
      'a/package-lock.json': lock({ top: '^1.0.0' }, top),
      'b/pnpm-lock.yaml': PNPM,
    });
    expect(reachOf(found, 'release:npm/deep@^2')).toEqual(['a', 'b']);
    expect([found.known, found.of]).toEqual([5, 6]);
    const alone = await releases({ 'b/pnpm-lock.yaml': PNPM, 'spof-deps.json': '{"systems":{"s":{"members":["b"]}}}' });
    expect([alone.known, alone.of]).toEqual([2, 4]);
    const [{ systems }] = alone.report.resilience;
    expect(systems[0].unknown).toEqual(['b']);
  });

  it('is what overrides make of it', async () => {
    const manifest = (overrides: object) =>
      JSON.stringify({ name: 'made', dependencies: { top: '^1.0.0' }, overrides });
    const found = await releases({
      'kept/package-lock.json': lock({ top: '^1.0.0' }, top),
      'kept/package.json': manifest({ unrelated: '1' }),
      'held/package-lock.json': lock({ top: '^1.0.0' }, top),
      'held/package.json': manifest({ deep: '2.3.4' }),
      'below/package-lock.json': lock({ top: '^1.0.0' }, top),
      'below/package.json': manifest({ top: { deep: '2.3.4' } }),
    });
    expect(reachOf(found, 'release:npm/deep@^2')).toEqual(['kept']);
  });

  it('waits at a gate, and runs scripts or not', async () => {
    const found = await releases({
      'open/package-lock.json': lock({ top: '^1.0.0' }, top),
      'gated/package-lock.json': lock({ top: '^1.0.0' }, top),
      'gated/.npmrc': 'min-release-age=3\nignore-scripts=true\n',
      'bot/package-lock.json': lock({ top: '^1.0.0' }, top),
      'bot/renovate.json': '{"minimumReleaseAge":"5 days"}',
    });
    expect(found.causes.get('release:npm/deep@^2')).toMatchObject({
      release: { next: '2.3.5', delayed: 1, maybeDelayed: 0, shortestDelayMinutes: 4320, botDelayed: 1 },
      reach: 3,
    });
    expect((found.causes.get('release:npm/deep@^2') as { release: { scripts: object } }).release.scripts).toMatchObject(
      {
        skip: 1,
      },
    );
  });

  it('says what of the settings could not be read', async () => {
    const { report } = await releases({
      'a/package-lock.json': lock({ top: '^1.0.0' }, top),
      'a/renovate.json': '{ broken',
    });
    expect(report.notices).toEqual([expect.objectContaining({ code: 'SETTING_UNREADABLE', file: 'a/renovate.json' })]);
    expect(report.complete).toBe(true);
  });

  it('counts in the scope of the dependency', async () => {
    const dev = JSON.stringify({
      name: 'made',
      lockfileVersion: 3,
      packages: {
        '': { name: 'made', devDependencies: { tool: '^1.0.0' } },
        'node_modules/tool': { version: '1.0.0', dev: true },
      },
    });
    const files = { 'package-lock.json': dev };
    expect([...(await releases(files, '--scope', 'runtime')).causes.keys()]).toEqual([]);
    expect([...(await releases(files, '--scope', 'build')).causes.keys()]).toEqual(['release:npm/tool@^1']);
  });
});

describe('a witness', () => {
  const fleet = tree({
    'a/package-lock.json': lock({ top: '^1.0.0' }, top),
    'b/package-lock.json': lock({ deep: '2.3.4' }, { deep: ['2.3.4'] }),
    'c/package-lock.json': lock({ other: '1.0.0' }, { other: ['1.0.0'] }),
    'c/.nvmrc': '22',
    'spof-deps.json': JSON.stringify({ systems: { both: { members: ['b', 'a'], need: 1 } } }),
  });
  const witness = async (cause: string) =>
    JSON.parse((await spofDeps([fleet, '--format', 'json', '--witness', cause])).stdout).witness;

  it('is a shortest path in every member that goes down', async () => {
    const { stdout } = await spofDeps([fleet, '--layer', 'package'], { columns: 200 });
    expect(stdout).toContain('The worst package, deep, gets in by a > top@1.0.0 > deep@2.3.4; b > deep@2.3.4.');
  });

  it('is given for any cause, by id or by name', async () => {
    const found = await witness('package:npm/deep');
    expect(found).toEqual(await witness('deep'));
    expect(found.services.map(({ service }: { service: string }) => service)).toEqual(['a', 'b']);
    expect(found.services[0].path).toEqual([
      { package: 'npm/made', version: null },
      { package: 'npm/top', version: '1.0.0', kind: 'prod', name: 'top', range: '^1.0.0' },
      { package: 'npm/deep', version: '2.3.4', kind: 'prod', name: 'deep', range: '^2.0.0' },
    ]);
  });

  it('goes over the dependency that would take a release, and has no path where a service stands on something as a whole', async () => {
    const release = await witness('release:npm/deep@^2');
    expect(
      release.services.map(({ service, path }: { service: string; path: unknown[] }) => [service, path.length]),
    ).toEqual([['a', 3]]);
    expect(await witness('runtime:node@22')).toEqual({
      cause: 'runtime:node@22',
      services: [{ service: 'c', path: null }],
    });
  });

  it('of nothing known is refused, with the nearest', async () => {
    const { code, stderr } = await spofDeps([fleet, '--witness', 'package:npm/dep']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean package:npm/deep?')]);
  });
});

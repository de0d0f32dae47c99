import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from '../readers.ts';
import { checkedRun, type SarifResult, type SarifRun } from '../reports/sarif/check.ts';
import { createSigstore } from '../sigstore/instance.ts';
import { sha512Of } from '../sigstore/packages.ts';
import { copyOf, npmLock, type Outcome, scratch, spofDeps, tree } from './harness.ts';
import { serviceOf, signedRegistry } from './signed.ts';

async function sarif(root: string, ...args: string[]): Promise<SarifRun & { readonly code: number }> {
  const { code, stdout } = await spofDeps([root, '--format', 'sarif', ...args]);
  return { ...checkedRun(stdout), code };
}

async function inDirectory(
  root: string,
  ...args: string[]
): Promise<Outcome & { readonly runs: Record<string, SarifRun> }> {
  const directory = join(scratch(), 'new', 'sarif');
  const outcome = await spofDeps([root, '--sarif-dir', directory, ...args]);
  const files = readdirSync(directory).sort();
  const runs = files.map((file) => [file, checkedRun(readFileSync(join(directory, file), 'utf8'))]);
  return { ...outcome, runs: Object.fromEntries(runs) };
}

const placeOf = ({ locations }: SarifResult) => locations[0]!.physicalLocation;
const urisOf = ({ results }: SarifRun): string[] => [
  ...new Set(
    results.flatMap((result) =>
      [...result.locations, ...(result.relatedLocations ?? [])].map(
        (each) => each.physicalLocation.artifactLocation.uri,
      ),
    ),
  ),
];
const markOf = ({ ruleId, partialFingerprints }: SarifResult): string =>
  `${ruleId} ${partialFingerprints.primaryLocationLineHash}`;

describe('SARIF of the demo fleet', () => {
  const root = copyOf(join(FIXTURES, 'acme'));
  mkdirSync(join(root, '.git'));

  it('has lines where the entries are, and paths that end there', async () => {
    const run = await sarif(root);
    expect(run.code).toBe(0);
    const shared = run.results.filter(({ ruleId }) => ruleId.startsWith('shared-package'));
    expect(shared.length).toBeGreaterThan(200);
    for (const result of shared) {
      const name = result.properties.cause!.replace('package:npm/', '');
      const places = [
        placeOf(result),
        ...(result.relatedLocations ?? []).map(({ physicalLocation }) => physicalLocation),
      ];
      for (const { artifactLocation, region } of places) {
        const line = readFileSync(join(root, artifactLocation.uri), 'utf8').split('\n')[region.startLine - 1]!;
        expect(line.slice(region.startColumn! - 1)).toContain(name);
      }
      const steps = result.codeFlows![0]!.threadFlows[0]!.locations;
      expect(steps.at(-1)!.location.message!.text).toContain(`${name}@`);
      for (const { location } of steps.slice(1)) expect(location.physicalLocation.region.startColumn).toBeDefined();
    }
  });

  it('leaves out what is ignored, and says what of the config does not ignore', async () => {
    const run = await sarif(root);
    expect(run.results.filter(({ properties }) => properties.cause === 'package:npm/typescript')).toEqual([]);
    const config = JSON.parse(readFileSync(join(root, 'spof-deps.json'), 'utf8'));
    const ignore = config.ignore.map((each: object) => ({ ...each, expires: '2020-01-31' }));
    writeFileSync(join(root, 'expired.json'), JSON.stringify({ ...config, ignore }));
    const expired = await sarif(root, '--config', join(root, 'expired.json'));
    const [told] = expired.results.filter(({ ruleId }) => ruleId === 'ignore-expired');
    expect(placeOf(told!).artifactLocation.uri).toBe('expired.json');
    rmSync(join(root, 'expired.json'));
  });

  it('names files from the root of the repository, whatever part of it is scanned', async () => {
    const run = await sarif(join(root, 'platform'), '--no-config');
    expect(urisOf(run)).toEqual(['platform/package-lock.json']);
  });

  it('is the same each time, and by the extension of a file', async () => {
    const files = ['report.sarif', 'report.sarif.json'].map((file) => join(scratch(), file));
    const outs = files.flatMap((file) => ['--out', file]);
    const { stdout } = await spofDeps([root, '--format', 'sarif', ...outs]);
    for (const file of files) expect(readFileSync(file, 'utf8')).toBe(stdout);
  });
});

const TWO = {
  'one/.git/HEAD': '',
  'one/package-lock.json': npmLock({ shared: '1.0.0', one: '1.0.0' }),
  'two/.git': 'gitdir: elsewhere',
  'two/services/a/package-lock.json': npmLock({ shared: '1.0.0' }),
  'two/services/b/package-lock.json': npmLock({ shared: '2.0.0' }),
  'three/package-lock.json': npmLock({ alone: '1.0.0' }),
  'three/.git/HEAD': '',
};

describe('--sarif-dir', () => {
  it('writes each repository what is in it, with the loss of the whole fleet', async () => {
    const { code, runs, stdout } = await inDirectory(tree(TWO));
    expect(code).toBe(0);
    expect(stdout).toContain('shared');
    expect(Object.keys(runs)).toEqual(['one.sarif', 'three.sarif', 'two.sarif']);
    expect(urisOf(runs['one.sarif']!)).toEqual(['package-lock.json']);
    expect(urisOf(runs['two.sarif']!)).toEqual(['services/a/package-lock.json', 'services/b/package-lock.json']);
    expect(urisOf(runs['three.sarif']!)).toEqual(['package-lock.json']);
    const about = (run: SarifRun) => run.results.filter(({ properties }) => properties.cause === 'package:npm/shared');
    for (const name of ['one.sarif', 'two.sarif']) {
      const [result, ...others] = about(runs[name]!);
      expect(others).toEqual([]);
      expect(result).toMatchObject({ ruleId: 'shared-package-high', properties: { blastRadius: 0.75 } });
    }
    expect(about(runs['three.sarif']!)).toEqual([]);
  });

  it('names a file for a repository without results: its alerts are closed by it', async () => {
    const { 'three/package-lock.json': _, ...files } = TWO;
    const digest = sha512Of('alone');
    const root = tree({ ...files, 'three/package-lock.json': npmLock({ alone: `1.0.0#${digest}` }) });
    const { runs } = await inDirectory(root, '--layer', 'package');
    expect(runs['three.sarif']!.results).toEqual([]);
  });

  it('tells every repository that the run is incomplete, and whose lockfile it is where', async () => {
    const { code, runs } = await inDirectory(tree({ ...TWO, 'one/package-lock.json': '{' }));
    expect(code).toBe(3);
    const [one, , two] = Object.values(runs);
    expect(one!.results.filter(({ ruleId }) => ruleId === 'input-incomplete').map(placeOf)).toMatchObject([
      { artifactLocation: { uri: 'package-lock.json' } },
    ]);
    expect(two!.results.filter(({ ruleId }) => ruleId === 'input-incomplete')).toEqual([]);
    for (const { invocations } of [one!, two!]) {
      expect(invocations[0]!.executionSuccessful).toBe(false);
      expect(invocations[0]!.toolExecutionNotifications).toHaveLength(1);
    }
    expect(two!.invocations[0]!.toolExecutionNotifications[0]!.message.text).toContain('In other repositories');
  });

  it('writes one for the source where nothing is found', async () => {
    const root = tree({ 'README.md': '' });
    const { code, runs } = await inDirectory(root);
    expect(code).toBe(0);
    expect(Object.keys(runs)).toEqual([`${basename(root)}.sarif`]);
    expect(Object.values(runs)[0]!.results).toEqual([]);
  });

  it('refuses a directory that cannot be made', async () => {
    const root = tree({ ...TWO, taken: '' });
    const { code, stderr } = await spofDeps([root, '--sarif-dir', join(root, 'taken')]);
    expect(code).toBe(2);
    expect(stderr).toContain('OUTPUT_FAILED');
  });
});

describe('fingerprints of files', () => {
  const before = { 'a/package-lock.json': npmLock({ left: '1.0.0', shared: '1.0.0' }), 'b/yarn.lock': yarn('1.0.0') };

  it('stay when versions and lines change', async () => {
    const marks = async (files: Record<string, string>) => (await sarif(tree(files))).results.map(markOf).sort();
    const after = {
      'a/package-lock.json': JSON.stringify(
        JSON.parse(npmLock({ new: '1.0.0', shared: '1.2.3', left: '1.5.0' })),
        null,
        2,
      ),
      'b/yarn.lock': `# moved\n\n\n${yarn('1.2.3')}`,
    };
    expect(await marks(after)).toEqual(await marks(before));
  });

  function yarn(version: string): string {
    return `# yarn lockfile v1\n\n\nshared@^1.0.0:\n  version "${version}"\n`;
  }
});

describe('exit codes under --format sarif', () => {
  const shared = tree({
    'a/package-lock.json': npmLock({ x: '1.0.0' }),
    'b/package-lock.json': npmLock({ x: '1.0.0' }),
  });

  it('are 0 for findings, unless a gate was asked for', async () => {
    expect((await sarif(shared)).code).toBe(0);
    expect((await sarif(shared, '--fail-on', '0.5')).code).toBe(1);
    writeFileSync(join(shared, 'spof-deps.json'), '{ "failOn": { "blastRadius": 0.5 } }');
    expect((await sarif(shared)).code).toBe(1);
    expect((await sarif(shared, '--no-config')).code).toBe(0);
  });

  it('are 3 for incomplete input, which is a result', async () => {
    const root = tree({ 'a/package-lock.json': '{' });
    const run = await sarif(root);
    expect(run.code).toBe(3);
    expect(run.results.map(({ ruleId }) => ruleId)).toEqual(['input-incomplete']);
    expect(run.invocations[0]!.executionSuccessful).toBe(false);
    expect((await sarif(root, '--allow-incomplete')).code).toBe(0);
  });

  it('are 0 for invalid evidence alone, which is an error there', async () => {
    const sigstore = createSigstore();
    const registry = await signedRegistry({ alpha: [{ version: '1.0.0' }] }, undefined, sigstore);
    const service = serviceOf({ alpha: '1.0.0' }, () => sha512Of('other bytes'));
    const audit = (...args: string[]) => registry.run([service, ...args, ...registry.pinned]);
    const { code, stdout } = await audit('--format', 'sarif');
    const errors = checkedRun(stdout).results.filter(({ level }) => level === 'error');
    expect([code, errors.map(({ ruleId }) => ruleId)]).toEqual([
      0,
      ['evidence-invalid-critical', 'integrity-differs-critical'],
    ]);
    expect(placeOf(errors[0]!).artifactLocation.uri).toBe('package-lock.json');
    expect((await audit()).code).toBe(1);
    expect((await audit('--format', 'sarif', '--fail-on', 'invalid')).code).toBe(1);
    expect((await audit('--format', 'sarif', '--fail-on', 'redundancy-defeated')).code).toBe(1);
    expect((await audit('--format', 'sarif', '--fail-on', 'never')).code).toBe(0);
  });
});

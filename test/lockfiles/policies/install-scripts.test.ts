import { describe, expect, it } from 'vitest';
import { scriptsRun } from '../../../src/lockfiles/policies/install-scripts.ts';
import { type Files, type Project, read } from './read.ts';

/** What becomes of packages' scripts, in order. */
const run = (files: Files, project: Project, ...packages: readonly string[]) =>
  packages.map((each) => {
    const at = each.indexOf('@', 1);
    const [name, version] = at === -1 ? [each, undefined] : [each.slice(0, at), each.slice(at + 1)];
    return scriptsRun(read(files, project).scripts, name, version);
  });
const manifest = (value: unknown): Files => ({ 'package.json': JSON.stringify(value) });

describe('npm', () => {
  const npm = (files: Files, major: number | undefined, ...packages: readonly string[]) =>
    run(files, { kind: 'npm', ...(major === undefined ? {} : { major }) }, ...packages);

  it('all up to 11, none since', () => {
    expect([10, 11, 12, undefined].flatMap((major) => npm({}, major, 'a'))).toEqual(['run', 'run', 'skip', 'unknown']);
  });

  it('names and exact versions that are allowed or denied', () => {
    const files = manifest({
      allowScripts: { a: true, 'b@1.0.0 || 1.0.1': true, c: false, 'd@^1': true, '@s/e': true },
    });
    const packages = ['a', 'b@1.0.1', 'b@1.0.2', 'b', 'c', 'd@1.0.0', '@s/e@2.0.0', 'f'];
    expect(npm(files, 12, ...packages)).toEqual(['run', 'run', 'skip', 'unknown', 'skip', 'skip', 'run', 'skip']);
    expect(npm(files, 11, 'a', 'c', 'f')).toEqual(['run', 'unknown', 'run']);
    expect(npm(files, 10, 'c')).toEqual(['run']);
    expect(npm(files, undefined, 'a', 'c', 'f')).toEqual(['run', 'unknown', 'unknown']);
    expect(read(files, { kind: 'npm', major: 12 }).notes).toHaveLength(1);
    expect(npm(manifest({ allowScripts: { a: true, 'a@1.0.0': false } }), 12, 'a@1.0.0', 'a@2.0.0')).toEqual([
      'skip',
      'run',
    ]);
  });

  it('.npmrc', () => {
    const rc = (text: string, ...rest: readonly string[]) => npm({ '.npmrc': text }, 12, 'a', ...rest);
    expect(
      npm({ '.npmrc': 'ignore-scripts=true', ...manifest({ allowScripts: { a: true } }) }, undefined, 'a'),
    ).toEqual(['skip']);
    expect(rc('ignore-scripts')).toEqual(['skip']);
    expect(rc('ignore-scripts=$' + '{IGNORE}')).toEqual(['unknown']);
    expect(rc('dangerously-allow-all-scripts=true')).toEqual(['run']);
    expect(rc('allow-scripts=a, b', 'b', 'c')).toEqual(['run', 'run', 'skip']);
    expect(npm({ '.npmrc': 'strict-allow-scripts=true' }, 11, 'a')).toEqual(['unknown']);
  });

  it('a manifest that cannot be read leaves it open', () =>
    expect(npm({ 'package.json': '{' }, 12, 'a')).toEqual(['unknown']));
});

describe('pnpm', () => {
  const pnpm = (files: Files, major: number | undefined, ...packages: readonly string[]) =>
    run(files, { kind: 'pnpm', format: '9.0', ...(major === undefined ? {} : { major }) }, ...packages);
  const yaml = (text: string): Files => ({ 'pnpm-workspace.yaml': text });

  it('all up to 9, none since', () => {
    expect([8, 9, 10, 11, undefined].flatMap((major) => pnpm({}, major, 'a'))).toEqual([
      'run',
      'run',
      'skip',
      'skip',
      'unknown',
    ]);
    expect(run({}, { kind: 'pnpm', format: '6.0' }, 'a')).toEqual(['run']);
  });

  it('lists of package.json', () => {
    const only = manifest({ pnpm: { onlyBuiltDependencies: ['a', 'b@1.0.0'] } });
    expect(pnpm(only, 9, 'a', 'c')).toEqual(['run', 'skip']);
    expect(pnpm(only, 10, 'a', 'b@1.0.0', 'b@2.0.0', 'c')).toEqual(['run', 'run', 'skip', 'skip']);
    expect(pnpm(only, 11, 'a')).toEqual(['skip']);
    expect(pnpm(only, undefined, 'a', 'c')).toEqual(['unknown', 'skip']);
    const never = manifest({ pnpm: { neverBuiltDependencies: ['a'] } });
    expect([...pnpm(never, 9, 'a', 'b'), ...pnpm(never, 10, 'a', 'b')]).toEqual(['skip', 'run', 'skip', 'run']);
  });

  it('lists of pnpm-workspace.yaml', () => {
    const allow = yaml(
      'allowBuilds:\n  a: true\n  b: false\n  c: set this to true or false\n  d@1.0.0 || 1.1.0: true\n',
    );
    for (const major of [10, 11]) {
      expect(pnpm(allow, major, 'a', 'b', 'c', 'd@1.1.0', 'd@2.0.0', 'e')).toEqual([
        'run',
        'skip',
        'skip',
        'run',
        'skip',
        'skip',
      ]);
    }
    expect(pnpm(yaml('dangerouslyAllowAllBuilds: true\n'), 11, 'a')).toEqual(['run']);
    expect(pnpm(yaml('ignoreScripts: true\nallowBuilds: { a: true }\n'), 11, 'a')).toEqual(['skip']);
    expect(pnpm(yaml('onlyBuiltDependencies: [a]\n'), 10, 'a', 'b')).toEqual(['run', 'skip']);
  });

  it('.npmrc up to 10', () => {
    const files = { '.npmrc': 'ignore-scripts=true', ...yaml('allowBuilds: { a: true }\n') };
    expect([9, 10, 11].flatMap((major) => pnpm(files, major, 'a'))).toEqual(['skip', 'skip', 'run']);
  });

  it('what is not decidable is not decided', () => {
    expect(pnpm(yaml('allowBuilds: { "a*": true }\n'), 11, 'ab', 'c')).toEqual(['unknown', 'unknown']);
    expect(pnpm(yaml('onlyBuiltDependenciesFile: x.json\n'), 10, 'a')).toEqual(['unknown']);
    expect(pnpm(yaml('onlyBuiltDependencies: 5\n'), 10, 'a')).toEqual(['unknown']);
    expect(pnpm(yaml('a: [\n'), 11, 'a')).toEqual(['unknown']);
  });
});

it('Yarn 1 runs all unless told not to', () => {
  const yarn = (text: string) => run({ '.yarnrc': text }, { kind: 'yarn-classic' }, 'a')[0];
  expect(run({}, { kind: 'yarn-classic' }, 'a')).toEqual(['run']);
  expect(
    [
      'ignore-scripts true',
      '--ignore-scripts true',
      '"--install.ignore-scripts" "true"',
      'ignore-scripts false',
      'ignore-scripts maybe',
      '# ignore-scripts true',
    ].map(yarn),
  ).toEqual(['skip', 'skip', 'skip', 'run', 'unknown', 'run']);
});

describe('Yarn 2 and later', () => {
  const yarn = (files: Files, format: string, ...packages: readonly string[]) =>
    run(files, { kind: 'yarn-berry', format }, ...packages);

  it('all with lockfiles up to version 8, none since', () => {
    expect(['4', '8', '9', '10', ''].flatMap((format) => yarn({}, format, 'a'))).toEqual([
      'run',
      'run',
      'skip',
      'skip',
      'unknown',
    ]);
  });

  it('enableScripts and dependenciesMeta', () => {
    const meta = manifest({
      dependenciesMeta: { a: { built: true }, b: { built: false }, 'b@1.0.0': { built: true } },
    });
    const rc = (on: boolean) => ({ '.yarnrc.yml': `enableScripts: ${on}\n`, ...meta });
    expect(yarn(rc(false), '8', 'a', 'b@2.0.0', 'b@1.0.0', 'c')).toEqual(['run', 'skip', 'run', 'skip']);
    expect(yarn(rc(true), '10', 'a', 'b@2.0.0', 'c')).toEqual(['run', 'skip', 'run']);
    expect(yarn({ '.yarnrc.yml': 'enableScripts: "$' + '{X}"\n' }, '10', 'a')).toEqual(['unknown']);
  });
});

it('bun runs those trusted, or those of a list of its own', () => {
  const bun = (files: Files, ...packages: readonly string[]) => run(files, { kind: 'bun' }, ...packages);
  const trusted = manifest({ trustedDependencies: ['a', '__proto__'] });
  expect(bun({}, 'a')).toEqual(['unknown']);
  expect(bun(trusted, 'a', 'b', '__proto__', 'constructor')).toEqual(['run', 'skip', 'run', 'skip']);
  expect(bun(manifest({ trustedDependencies: [] }), 'a')).toEqual(['skip']);
  expect(bun(manifest({ trustedDependencies: 'a' }), 'a')).toEqual(['unknown']);
  expect(bun({ ...trusted, 'bunfig.toml': '[install]\nignoreScripts = true\n' }, 'a')).toEqual(['skip']);
  expect(bun({ ...trusted, '.npmrc': 'ignore-scripts=true' }, 'a')).toEqual(['skip']);
  expect(bun({ ...trusted, 'bunfig.toml': 'install = { ignoreScripts = true }\n' }, 'a')).toEqual(['unknown']);
});

it('nothing is known where no package manager owns the lockfile', () =>
  expect(run(manifest({ allowScripts: { a: true } }), { kind: 'cyclonedx' }, 'a')).toEqual(['unknown']));

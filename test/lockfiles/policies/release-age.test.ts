import { describe, expect, it } from 'vitest';
import { delaysFor } from '../../../src/lockfiles/policies/delays.ts';
import { type Files, type Project, read } from './read.ts';

/** What holds releases of a package up: `npm 4320 .npmrc:1`. */
function delays(files: Files, project: Project, name = 'pkg'): string[] {
  return delaysFor(read(files, project).gates, name).map(({ gate, delay }) => {
    const length = delay.kind === 'age' ? delay.minutes : delay.kind === 'before' ? delay.time : delay.kind;
    return `${gate.by} ${length} ${gate.file}${gate.line === undefined ? '' : `:${gate.line}`}`.trim();
  });
}
const DAY = 1440;

describe('npm', () => {
  const npm = (text: string, major?: number, name?: string) =>
    delays({ '.npmrc': text }, { kind: 'npm', ...(major === undefined ? {} : { major }) }, name);

  it.each([
    ['min-release-age=3', [`npm ${3 * DAY} .npmrc:1`]],
    ['; old\n\n min-release-age = "7" \n', [`npm ${7 * DAY} .npmrc:3`]],
    ['min-release-age=0.5 # half a day', [`npm ${DAY / 2} .npmrc:1`]],
    ['min-release-age=0', []],
    ['min-release-age=null', []],
    ['[section]\nmin-release-age=3', []],
    ['before=2026-01-31\nmin-release-age=3', ['npm 2026-01-31T00:00:00.000Z .npmrc:1']],
    ['min-release-age=-3', ['npm unknown .npmrc:1']],
    ['min-release-age=NaN', ['npm unknown .npmrc:1']],
    ['min-release-age=1e9', ['npm unknown .npmrc:1']],
    ['min-release-age=99999999999999999999', ['npm unknown .npmrc:1']],
    ['min-release-age=$' + '{AGE}', ['npm unknown .npmrc:1']],
    ['before=$' + '{DATE}', ['npm unknown .npmrc:1']],
    ['min-release-age', ['npm unknown .npmrc:1']],
    ['', []],
  ])('%j', (text, expected) => expect(npm(text)).toEqual(expected));

  it('exempts names and globs', () => {
    const text = 'min-release-age=1\nmin-release-age-exclude[]=@own/*\nmin-release-age-exclude[]=one, t*o\n';
    const held = (name: string) => npm(text, 12, name).length > 0;
    expect(['@own/x', 'one', 'two', 'x', '@other/one'].map(held)).toEqual([false, false, false, true, true]);
    expect(npm('min-release-age=1\nmin-release-age-exclude=a@(b|c)', 12)).toEqual(['npm unknown .npmrc:1']);
  });

  it('does not count where npm does not know it', () => {
    expect(npm('min-release-age=3', 10)).toEqual([]);
    expect(npm('before=2026-01-31', 10)).toHaveLength(1);
    expect(read({ '.npmrc': 'min-release-age=3' }, { kind: 'npm', major: 10 }).notes).toHaveLength(1);
  });

  it('keeps nothing of credentials', () => {
    const text = '//registry.example/:_authToken=hidden-value\nmin-release-age=hidden-value\n';
    expect(JSON.stringify(read({ '.npmrc': text }, { kind: 'npm' }))).not.toContain('hidden-value');
  });
});

describe('pnpm', () => {
  const pnpm = (files: Files, major?: number, name?: string, format = '9.0') =>
    delays(files, { kind: 'pnpm', format, ...(major === undefined ? {} : { major }) }, name);
  const yaml = (text: string): Files => ({ 'pnpm-workspace.yaml': text });

  it('minutes, by default a day since 11', () => {
    const set = yaml('packages: []\nminimumReleaseAge: 4320\n');
    expect([pnpm(set, 9), pnpm(set, 10), pnpm(set, 11), pnpm(set)]).toEqual([
      [],
      ['pnpm 4320 pnpm-workspace.yaml:2'],
      ['pnpm 4320 pnpm-workspace.yaml:2'],
      ['pnpm 4320 pnpm-workspace.yaml:2'],
    ]);
    expect([pnpm({}, 9), pnpm({}, 10), pnpm({}, 11), pnpm({}, 12), pnpm({})]).toEqual([
      [],
      [],
      ['pnpm 1440'],
      ['pnpm 1440'],
      ['pnpm unknown'],
    ]);
    expect(pnpm({}, undefined, 'pkg', '6.0')).toEqual([]);
    expect(pnpm(yaml('minimumReleaseAge: 0\n'), 11)).toEqual([]);
  });

  it('.npmrc up to 10, package.json never', () => {
    const rc = { '.npmrc': 'minimum-release-age=60\nminimum-release-age-exclude[]=a\n' };
    expect([pnpm(rc, 10), pnpm(rc, 10, 'a'), pnpm(rc, 11), pnpm(rc)]).toEqual([
      ['pnpm 60 .npmrc:1'],
      [],
      ['pnpm 1440'],
      ['pnpm unknown'],
    ]);
    const manifest = { 'package.json': '{"pnpm":{"minimumReleaseAge":60}}' };
    expect(pnpm(manifest, 10)).toEqual([]);
    expect(read(manifest, { kind: 'pnpm', format: '9.0', major: 10 }).notes).toHaveLength(1);
  });

  it('exempts patterns, and versions perhaps', () => {
    const files = yaml('minimumReleaseAge: 60\nminimumReleaseAgeExclude:\n  - "@own/*"\n  - nx@21.6.5 || 21.6.6\n');
    expect([pnpm(files, 11, '@own/x'), pnpm(files, 11, 'nx'), pnpm(files, 11, 'x')]).toEqual([
      [],
      ['pnpm unknown pnpm-workspace.yaml:1'],
      ['pnpm 60 pnpm-workspace.yaml:1'],
    ]);
    expect(pnpm(yaml('minimumReleaseAge: 60\nminimumReleaseAgeExclude: ["!a"]\n'), 11, 'b')).toEqual([]);
  });

  it.each(['-1', '.nan', '.inf', '1e300', '"60"', '[60]', 'true'])('%s is no age', (value) =>
    expect(pnpm(yaml(`minimumReleaseAge: ${value}\n`), 11)).toEqual(['pnpm unknown pnpm-workspace.yaml:1']),
  );

  it('a file that cannot be read leaves it open', () =>
    expect(pnpm(yaml('a: [\n'), 11)).toEqual(['pnpm unknown pnpm-workspace.yaml']));
});

describe('Yarn', () => {
  const yarn = (text: string, format = '8', name?: string) =>
    delays({ '.yarnrc.yml': text }, { kind: 'yarn-berry', format }, name);

  it.each([
    ['npmMinimalAgeGate: 60', 60],
    ['npmMinimalAgeGate: 3d', 3 * DAY],
    ['npmMinimalAgeGate: "1w"', 7 * DAY],
    ['npmMinimalAgeGate: 90m', 90],
    ['npmMinimalAgeGate: .5h', 30],
    ['npmMinimalAgeGate: 3 days', 'unknown'],
    ['npmMinimalAgeGate: -1', 'unknown'],
    ['npmMinimalAgeGate: [1]', 'unknown'],
    ['npmMinimalAgeGate: "99999999999w"', 'unknown'],
  ])('%s', (text, minutes) => expect(yarn(text)).toEqual([`yarn ${minutes} .yarnrc.yml:1`]));

  it('a day by default with a lockfile of version 10', () => {
    expect([yarn('', '8'), yarn('', '10'), yarn('npmMinimalAgeGate: 0', '10')]).toEqual([[], ['yarn 1440'], []]);
    expect(delays({}, { kind: 'yarn-berry', format: '10' })).toEqual(['yarn 1440']);
    expect(delays({}, { kind: 'yarn-berry', format: '' })).toEqual(['yarn unknown']);
    expect(yarn('a: [', '8')).toEqual(['yarn unknown .yarnrc.yml']);
  });

  it('scopes and approved packages', () => {
    const text = [
      'npmMinimalAgeGate: 1d',
      'npmScopes: { own: { npmMinimalAgeGate: 0 } }',
      'npmPreapprovedPackages: [a, "b-*", "c@^1"]',
    ].join('\n');
    const of = (name: string) => yarn(text, '10', name).map((each) => each.split(' ')[1]);
    expect(['a', 'b-x', 'c', 'd', '@own/x', '@other/x'].map(of)).toEqual([[], [], ['unknown'], ['1440'], [], ['1440']]);
  });
});

describe('bun', () => {
  const bun = (text: string, name?: string) => delays({ 'bunfig.toml': text }, { kind: 'bun' }, name);

  it.each([
    ['[install]\nminimumReleaseAge = 259200 # three days\n', ['bun 4320 bunfig.toml:2']],
    ['install.minimumReleaseAge = 86_400\n', ['bun 1440 bunfig.toml:1']],
    ['[test]\nminimumReleaseAge = 60\n', []],
    ['[install.cache]\nminimumReleaseAge = 60\n', []],
    [
      '[install]\nregistry = { url = "https://registry.example", token = "x" }\nminimumReleaseAge = 60',
      ['bun 1 bunfig.toml:3'],
    ],
    ['[install]\nminimumReleaseAge = -60\n', ['bun unknown bunfig.toml:2']],
    ['[install]\nminimumReleaseAge = nan\n', ['bun unknown bunfig.toml:2']],
    ['[install]\nminimumReleaseAge = "60"\n', ['bun unknown bunfig.toml:2']],
    ['install = { minimumReleaseAge = 60 }\n', ['bun unknown bunfig.toml']],
    ['"install".minimumReleaseAge = 60\n', ['bun unknown bunfig.toml']],
    ['["install"]\nminimumReleaseAge = 60\n', ['bun unknown bunfig.toml']],
    ['x = """\n[install]\nminimumReleaseAge = 60\n"""\n', ['bun unknown bunfig.toml']],
    ['[install]\nminimumReleaseAge = 1\nminimumReleaseAge = 2\n', ['bun unknown bunfig.toml']],
    ['[install]\nminimumReleaseAge = 1\nx = [\n', ['bun unknown bunfig.toml']],
    ['preload = ["./x.ts"]\n', []],
  ])('%j', (text, expected) => expect(bun(text)).toEqual(expected));

  it('exempts names', () => {
    const text =
      '[install]\nminimumReleaseAge = 60\nminimumReleaseAgeExcludes = [\n  "a", # ours\n  \'@s/b\',\n]\nexact = true\n';
    expect([bun(text, 'a'), bun(text, '@s/b'), bun(text, 'c')]).toEqual([[], [], ['bun 1 bunfig.toml:2']]);
    expect(bun('[install]\nminimumReleaseAge = 60\nminimumReleaseAgeExcludes = [1]')).toEqual([
      'bun unknown bunfig.toml:2',
    ]);
  });
});

it('gates of other managers do not count', () => {
  const files = {
    '.npmrc': 'min-release-age=3',
    'pnpm-workspace.yaml': 'minimumReleaseAge: 1',
    '.yarnrc.yml': 'npmMinimalAgeGate: 1',
    'bunfig.toml': '[install]\nminimumReleaseAge = 1',
  };
  expect(delays(files, { kind: 'yarn-classic' })).toEqual([]);
  expect(delays(files, { kind: 'npm' })).toEqual(['npm 4320 .npmrc:1']);
  expect(delays(files, { kind: 'cyclonedx' })).toEqual([]);
});

describe('Renovate', () => {
  const renovate = (config: unknown, name?: string, files: Files = {}) =>
    delays(
      { 'renovate.json': typeof config === 'string' ? config : JSON.stringify(config), ...files },
      { kind: 'yarn-classic' },
      name,
    ).map((each) => each.split(' ')[1]);

  it.each([
    ['3 days', `${3 * DAY}`],
    ['1 week', `${7 * DAY}`],
    ['1 month', `${30 * DAY}`],
    ['1d 12h', `${1.5 * DAY}`],
    ['2 fortnights', 'unknown'],
    ['', 'unknown'],
    [3, 'unknown'],
    [`${'9'.repeat(50)} days`, 'unknown'],
  ])('%j', (age, minutes) => expect(renovate({ minimumReleaseAge: age })).toEqual([minutes]));

  it('null is none, stabilityDays its old name', () => {
    expect(renovate({ minimumReleaseAge: null })).toEqual([]);
    expect(renovate({ stabilityDays: 2 })).toEqual(['2880']);
    expect(renovate({})).toEqual([]);
  });

  it('the last rule for a package counts', () => {
    const config = {
      minimumReleaseAge: '1 day',
      packageRules: [
        { matchPackageNames: ['@own/**', '!@own/slow'], minimumReleaseAge: '0 days' },
        { matchPackageNames: ['Slow', '@own/slow'], minimumReleaseAge: '2 days' },
        { matchPackageNames: ['/^re/'], minimumReleaseAge: '3 days' },
        { matchDatasources: ['docker'], minimumReleaseAge: '4 days' },
        { matchUpdateTypes: ['major'], minimumReleaseAge: '5 days' },
        { matchDepTypes: ['devDependencies'], matchPackageNames: ['dev'], minimumReleaseAge: '6 days' },
        { matchPackageNames: ['x'], groupName: 'x' },
      ],
    };
    const of = (name: string) =>
      renovate({ ...config, packageRules: config.packageRules.filter((_, at) => at !== 2) }, name);
    expect(['a', '@own/a', '@own/slow', 'slow', 'dev', 'x'].map(of)).toEqual([
      ['1440'],
      [],
      ['2880'],
      ['2880'],
      ['unknown'],
      ['1440'],
    ]);
    expect(renovate(config, 'a')).toEqual(['unknown']);
  });

  it('presets', () => {
    expect(renovate({ extends: ['config:recommended', ':semanticCommits'] })).toEqual([]);
    expect(renovate({ extends: ['security:minimumReleaseAgeNpm'] })).toEqual(['4320']);
    expect(renovate({ extends: ['config:best-practices'] })).toEqual(['unknown']);
    expect(renovate({ extends: ['github>o/r'], minimumReleaseAge: '3 days' })).toEqual(['unknown']);
    expect(renovate({ extends: 5 })).toEqual(['unknown']);
  });

  it('is found where Renovate looks, also further up, and read with comments', () => {
    const text = '{ /* ours */ "minimumReleaseAge": "3 days", }';
    const of = (file: string) => delays({ [file]: text }, { kind: 'npm' }).length;
    expect(
      ['.github/renovate.json', '.renovaterc', '.renovaterc.json', 'renovate.json5', '../../renovate.json'].map(of),
    ).toEqual([1, 1, 1, 1, 1]);
    const manifest = { 'package.json': '{"renovate":{"minimumReleaseAge":"3 days"}}' };
    expect(delays(manifest, { kind: 'npm' })).toEqual(['renovate 4320 package.json:1']);
    const file = { 'renovate.json': '{}' };
    expect(delays({ ...manifest, ...file }, { kind: 'npm' })).toEqual([]);
  });

  it.each(['{', '[]', "{ minimumReleaseAge: '3 days' }", '{"packageRules":5}', '{"a":'.repeat(20_000)])(
    'what cannot be read may be a gate: %.40s',
    (text) => expect(renovate(text)).toEqual(['unknown']),
  );

  it('takes nothing from a prototype', () =>
    expect(renovate('{ "__proto__": { "minimumReleaseAge": "3 days" }, /* c */ }')).toEqual([]));
});

describe('Dependabot', () => {
  const cooldown = (text: string, directory = '/', ecosystem = 'npm') =>
    `version: 2\nupdates:\n  - package-ecosystem: ${ecosystem}\n    directory: "${directory}"\n    cooldown:\n${text.replaceAll(/^/gm, '      ')}\n`;
  const dependabot = (text: string, name?: string) =>
    delays({ '.github/dependabot.yml': text }, { kind: 'npm' }, name).map((each) => each.split(' ')[1]);

  it('days for patches, else for all', () => {
    expect(dependabot(cooldown('default-days: 5'))).toEqual([`${5 * DAY}`]);
    expect(dependabot(cooldown('default-days: 5\nsemver-patch-days: 2'))).toEqual([`${2 * DAY}`]);
    expect(dependabot(cooldown('default-days: 0'))).toEqual([]);
    expect(dependabot(cooldown('semver-major-days: 9'))).toEqual(['unknown']);
    const bare = (ecosystem: string, directory: string) =>
      `version: 2\nupdates:\n  - package-ecosystem: ${ecosystem}\n    directory: ${directory}\n`;
    expect(dependabot(bare('npm', '/'))).toEqual([`${3 * DAY}`]);
    expect(dependabot(bare('npm', '/other'))).toEqual([]);
    expect(dependabot(bare('docker', '/'))).toEqual([]);
    expect(dependabot(cooldown('default-days: -5'))).toEqual(['unknown']);
    expect(dependabot(cooldown('default-days: many'))).toEqual(['unknown']);
    expect(dependabot(cooldown('default-days: 5', '/', 'docker'))).toEqual([]);
    expect(dependabot('version: 2\nupdates: 5\n')).toEqual(['unknown']);
    expect(dependabot('updates: [\n')).toEqual(['unknown']);
  });

  it('for the packages included, but those excluded', () => {
    const text = cooldown('default-days: 5\ninclude: ["a*", "@own/*"]\nexclude: [ab]');
    expect(['ac', 'ab', '@own/x', 'b'].map((name) => dependabot(text, name).length)).toEqual([1, 0, 1, 0]);
  });

  it('for the directory of the lockfile', () => {
    const of = (directory: string, path?: string) =>
      delays(
        { '../../.github/dependabot.yml': cooldown('default-days: 1', directory) },
        { kind: 'npm', ...(path === undefined ? {} : { path }) },
      ).map((each) => each.split(' ')[1]);
    expect(of('/apps/web', 'repo/apps/web/package-lock.json')).toEqual(['1440']);
    expect(of('/apps/*', 'apps/web/package-lock.json')).toEqual(['1440']);
    expect(of('/', 'apps/web/package-lock.json')).toEqual([]);
    expect(of('/apps/api', 'apps/web/package-lock.json')).toEqual([]);
    expect([of('/apps/web'), of('/'), of('**/*')]).toEqual([['unknown'], [], ['unknown']]);
  });
});

it('a file that may not be read leaves gates open', () => {
  const gates = read({ '.npmrc': 'x'.repeat(9_000_000) }, { kind: 'npm' }).gates;
  expect(gates.map(({ delay }) => delay.kind)).toEqual(['unknown']);
});

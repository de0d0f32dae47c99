/** What of the GitHub Action's inputs reaches the program: arguments, whatever is in them. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { act, BARE, commandsOf, job } from './runner.ts';

const ALWAYS = ['--quiet', '--no-color'];
const out = (extension: string) => expect.stringMatching(new RegExp(`^--out=/.*/report\\.${extension}$`));

describe('what reaches the program', () => {
  it('by default: this directory, annotations, SARIF and a summary', () => {
    const { code, given } = act({});
    expect(given).toEqual([...ALWAYS, '--format=github', out('sarif'), out('md'), '--', '.']);
    expect(code).toBe(0);
  });

  it.each<[string, string, unknown[]]>([
    ['config', 'a b.json', ['--config=a b.json']],
    ['baseline', '-b.json', ['--baseline=-b.json']],
    ['fleet', 'fleet.json', ['--fleet=fleet.json']],
    ['scope', 'runtime', ['--scope=runtime']],
    ['top', 'all', ['--top=all']],
    ['layers', 'package, artifact\nrelease', ['--layer=package', '--layer=artifact', '--layer=release']],
    ['fail-on', ' package=0.8,\r\n\n new ', ['--fail-on=package=0.8', '--fail-on=new']],
    ['verify', 'false', ['--no-verify']],
    ['verify', '', []],
    ['allow-incomplete', 'true', ['--allow-incomplete']],
    ['annotations', 'true', ['--format=github']],
    ['summary', 'true', [out('md')]],
    ['sarif', 'x.sarif', [out('sarif')]],
    ['json', 'x.json', [out('json')]],
    ['html', 'x.html', [out('html')]],
    ['markdown', 'x.md', [out('md')]],
  ])('%s: %j', (name, value, expected) => {
    expect(act({ ...BARE, [name]: value }).given).toEqual([...ALWAYS, ...expected, '--', '.']);
  });

  it('all together, each report once', () => {
    const { given } = act({
      ...{ sources: 'a\nb', config: 'c', baseline: 'd', fleet: 'e', scope: 'all', top: '5', layers: 'key' },
      ...{ 'fail-on': 'never', verify: 'false', 'allow-incomplete': 'true', json: 'r.json', html: 'r.html' },
      ...{ markdown: 'r.md' },
    });
    expect(given).toEqual([
      ...[...ALWAYS, '--config=c', '--baseline=d', '--fleet=e', '--scope=all', '--top=5', '--layer=key'],
      ...['--fail-on=never', '--no-verify', '--allow-incomplete', '--format=github'],
      ...[out('sarif'), out('json'), out('html'), out('md'), '--', './a', './b'],
    ]);
  });

  it.each([
    ['blank lines and blanks around', '\n  a b \r\n\n\tc\n', ['./a b', './c']],
    ['nothing', ' \n', []],
    [
      'names of commands and options',
      'verify\ncompare\n-q\n--config=x',
      ['./verify', './compare', './-q', './--config=x'],
    ],
    ['paths', '../x\n/etc\n--config=/etc/passwd\n..', ['../x', '/etc', '--config=/etc/passwd', '..']],
    ['addresses', 'github:owner\ngit+ssh://host/x#y', ['github:owner', 'git+ssh://host/x#y']],
    ['globs and homes', '*\n~\n?', ['./*', './~', './?']],
    ['other scripts', 'Größe\n日本語\n🦀\u202e', ['./Größe', './日本語', './🦀\u202e']],
  ])('sources: %s', (_, sources, expected) => {
    expect(act({ ...BARE, sources }).given).toEqual([...ALWAYS, '--', ...expected]);
  });

  const HOSTILE = [
    ...['"; touch x; "', "'; touch x; '", '$(touch x)', '`touch x`', `\${IFS}$PATH`, '&& touch x', '> x', '\\', '\\"'],
    ...['%s%n', '!!', '*', '-e', `\${{ github.token }}`, '::set-output name=a::b'],
  ];

  it('takes what a shell would run as it is, in every input', () => {
    const on = job();
    const value = HOSTILE.join(' ');
    const single = { config: value, baseline: value, fleet: value, scope: value, top: value };
    const sources = HOSTILE.map((hostile) => `a/${hostile}`);
    const lists = { sources: sources.join('\n'), layers: HOSTILE.join('\n'), 'fail-on': HOSTILE.join(',') };
    expect(act({ ...BARE, ...single, ...lists }, on).given).toEqual([
      ...[...ALWAYS, ...Object.keys(single).map((name) => `--${name}=${value}`)],
      ...[...HOSTILE.map((hostile) => `--layer=${hostile}`), ...HOSTILE.map((hostile) => `--fail-on=${hostile}`)],
      ...['--', ...sources],
    ]);
    expect(readdirSync(on.workspace)).toEqual([]);
  });

  it('any text at all is no more than arguments', () => {
    const on = job();
    const text = fc.string({ unit: fc.constantFrom(...'a -\n\r\t,\'"$`\\;&|<>(){}[]*?~!#%=:/é🦀') });
    const lines = (value: string): string[] =>
      value.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
    fc.assert(
      fc.property(text, text, text, (sources, gates, config) => {
        const { given } = act({ ...BARE, sources, 'fail-on': gates, config }, on);
        const plain = (source: string): boolean => !/[/:]|^\.\.?$/.test(source);
        expect(given).toEqual([
          ...ALWAYS,
          ...(config === '' ? [] : [`--config=${config}`]),
          ...lines(gates.replaceAll(',', '\n')).map((gate) => `--fail-on=${gate}`),
          '--',
          ...lines(sources).map((source) => (plain(source) ? `./${source}` : source)),
        ]);
      }),
      { numRuns: 25 },
    );
    expect(readdirSync(on.workspace)).toEqual([]);
  });

  it.each(['verify', 'allow-incomplete', 'annotations', 'summary'])('%s is true or false, and nothing else', (name) => {
    const { code, given, outputs, stdout } = act({ [name]: 'yes\n::error::x' });
    expect([code, given, outputs.get('exit-code')]).toEqual([2, undefined, '2']);
    expect(commandsOf(stdout)).toEqual([`::error title=spof-deps::the input ${name} is true or false`]);
  });

  it.each(['.', 'in side', '-', '--help; $(touch x)'])('runs in the working directory %j', (directory) => {
    const on = job();
    mkdirSync(join(on.workspace, directory), { recursive: true });
    const { outputs } = act({ 'working-directory': directory }, on);
    expect(recordedDirectory(on.record)).toBe(join(on.workspace, directory));
    expect(readFileSync(outputs.get('sarif')!, 'utf8')).toBe('new sarif');
    const absolute = act({ ...BARE, 'working-directory': on.temp }, on);
    expect([absolute.code, recordedDirectory(on.record)]).toEqual([0, on.temp]);
  });

  it('refuses a working directory that is none', () => {
    expect(act({ 'working-directory': 'none' })).toMatchObject({ code: 2, given: undefined });
  });
});

const recordedDirectory = (record: string): string => readFileSync(join(record, 'directory'), 'utf8');

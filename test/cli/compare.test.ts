/** The compare command: what services share, and what would separate them. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { npmLock, spofDeps, tree } from './harness.ts';

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8'));
const conforms = new Ajv({ strict: false }).addSchema(schemaOf('report')).compile(schemaOf('compare'));

const FLEET = tree({
  'a/package-lock.json': npmLock({ shared: '1.0.0', 'only-a': '1.0.0' }),
  'a/.nvmrc': '20',
  'b/package-lock.json': npmLock({ shared: '1.0.0', 'only-b': '1.0.0' }),
  'b/.nvmrc': '22',
  'c/package-lock.json': npmLock({ 'only-c': '1.0.0' }),
});

async function compared(...names: string[]) {
  const outcome = await spofDeps(['compare', ...names, '--in', FLEET, '--format', 'json', '--no-verify']);
  const report = outcome.code === 2 ? undefined : JSON.parse(outcome.stdout);
  if (report) expect(conforms(report), JSON.stringify(conforms.errors)).toBe(true);
  return { ...outcome, report };
}

describe('compare', () => {
  it('finds what is shared, layer by layer, and what would separate', async () => {
    const { code, report } = await compared('a', 'b');
    expect(code).toBe(0);
    const layer = (name: string) => report.layers.find((each: { layer: string }) => each.layer === name);
    expect(layer('package')).toMatchObject({
      sizes: [2, 2],
      union: 3,
      inAll: ['package:npm/shared'],
      effectiveMembers: 1.5,
      pairs: [{ a: 'a', b: 'b', shared: 1, jaccard: 1 / 3, aInB: 0.5, bInA: 0.5 }],
    });
    expect(layer('runtime')).toMatchObject({ inAll: ['runtime:npm'], union: 3 });
    expect(layer('maintainer')).toMatchObject({ sizes: [0, 0], effectiveMembers: null });
    expect(report.separations.map(({ layer: of, changes }: Record<string, unknown>) => [of, changes])).toEqual([
      ['package', [expect.objectContaining({ service: 'a', least: 1 }), expect.objectContaining({ service: 'b' })]],
      ['artifact', [expect.objectContaining({ service: 'a' }), expect.objectContaining({ service: 'b' })]],
    ]);
    const [{ changes }] = report.separations;
    expect(changes[0]).toMatchObject({
      packages: [{ package: 'npm/shared', versions: ['1.0.0'], action: 'drop', shared: true }],
      effect: { shared: { before: 1, after: 0 }, components: { before: 2, after: 1 } },
    });
    expect(report.separations[1].changes[0].packages[0].action).toBe('move');
  });

  it('says so where nothing is shared, and never calls that independent', async () => {
    const { stdout } = await spofDeps(['compare', 'a', 'c', '--in', FLEET, '--layer', 'package', '--no-verify']);
    expect(stdout).toContain('They share nothing known in any layer, which does not make them independent.');
    expect(stdout).toContain('There is nothing to separate.');
  });

  it('compares more than two', async () => {
    const { report } = await compared('a', 'b', 'c');
    const { inAll, inSome, pairs } = report.layers[0];
    expect([inAll, inSome, pairs.length]).toEqual([[], ['package:npm/shared'], 3]);
  });

  it.each([
    [['a'], 'compare needs two services that are not the same'],
    [['a', 'a'], 'compare needs two services that are not the same'],
    [['a', 'bb'], 'no service is called "bb"; did you mean'],
    [['a', '__proto__'], 'no service is called "__proto__"'],
  ])('%j is a mistake of usage', async (names, message) => {
    const { code, stderr } = await compared(...names);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('is incomplete where a service could not be read', async () => {
    const fleet = tree({ 'a/package-lock.json': npmLock({ x: '1.0.0' }), 'b/package-lock.json': '{' });
    const { code, stdout } = await spofDeps(['compare', 'a', 'b', '--in', fleet, '--no-verify']);
    expect(code).toBe(3);
    expect(stdout).toContain('That cannot be said: what b holds could not be read.');
  });
});

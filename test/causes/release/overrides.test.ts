import { createRequire } from 'node:module';
import fc from 'fast-check';
import { minimatch } from 'minimatch';
import { intersects } from 'semver';
import { describe, expect, it } from 'vitest';
import {
  type EffectiveRange,
  EffectiveRanges,
  effectiveRange,
  type OverriddenEdge,
  type Presence,
} from '../../../src/causes/release/overrides.ts';
import type { LockfileKind } from '../../../src/graph/model.ts';
import type { OverrideRules } from '../../../src/graph/policies.ts';
import { read } from '../../lockfiles/policies/read.ts';

const rulesOf = (kind: LockfileKind, manifest: unknown, files = {}): OverrideRules =>
  read(
    { 'package.json': JSON.stringify(manifest), ...files },
    { kind, format: kind === 'pnpm' ? '9.0' : '3', major: 10 },
  ).overrides;

interface Given {
  readonly name: string;
  readonly range?: string | undefined;
  readonly parent?: string;
  readonly version?: string;
  readonly isDirect?: Presence;
  readonly above?: Readonly<Record<string, Presence>>;
}

/** An edge of `parent`, which stands below what is named in `above`. */
function edge({
  name,
  range = '^1.0.0',
  parent = 'p',
  version = '1.0.0',
  isDirect,
  above = {},
}: Given): OverriddenEdge {
  return {
    name,
    range,
    parent: { name: parent, version, ...(isDirect ? { isDirect } : {}) },
    isAbove: (ancestor) => (ancestor === parent ? 'yes' : Object.hasOwn(above, ancestor) ? above[ancestor]! : 'no'),
  };
}

const text = (result: EffectiveRange): string => (typeof result === 'string' ? result : result.range);
const all = (rules: OverrideRules, ...edges: readonly Given[]): string[] => {
  const ranges = new EffectiveRanges(rules);
  return edges.map((each) => text(ranges.of(edge(each))));
};

describe('npm', () => {
  it('selectors meet the declared range', () => {
    const rules = rulesOf('npm', { overrides: { 'a@^1': '1.5.0', 'a@2': '2.5.0', b: '3.0.0' } });
    expect(
      all(
        rules,
        { name: 'a' },
        { name: 'a', range: '>=2.0.0' },
        { name: 'a', range: '^4.0.0' },
        { name: 'a', range: 'npm:x@^2.0.0' },
        { name: 'a', range: 'latest' },
        { name: 'a', range: 'github:o/r' },
        { name: 'a', range: 'o/r#semver:^2' },
        { name: 'b', range: 'file:../b' },
        { name: 'c' },
      ),
    ).toEqual(['1.5.0', '2.5.0', 'as-declared', '2.5.0', '1.5.0', 'as-declared', '2.5.0', '3.0.0', 'as-declared']);
    expect(effectiveRange(rules, { ...edge({ name: 'a' }), range: undefined })).toBe('uncertain');
  });

  it('nested rules hold below their parents', () => {
    const rules = rulesOf('npm', { overrides: { p: { a: '2.0.0' }, a: '3.0.0', q: { b: '4.0.0' } } });
    expect(
      all(
        rules,
        { name: 'a' },
        { name: 'a', parent: 'x', above: { p: 'yes' } },
        { name: 'a', parent: 'x', above: { p: 'both' } },
        { name: 'a', parent: 'x' },
        { name: 'a', parent: 'x', above: { p: 'yes', q: 'yes' } },
        { name: 'b', parent: 'x', above: { q: 'both' } },
      ),
    ).toEqual(['2.0.0', '2.0.0', 'uncertain', '3.0.0', 'uncertain', 'uncertain']);
  });

  it('agrees with npm on every path, or is uncertain', () => {
    const OverrideSet = loadOverrideSet();
    const names = fc.constantFrom('a', 'b', 'c');
    const range = fc.constantFrom('^1.0.0', '^2.0.0', '>=1.0.0', '1.x || 3.x', 'latest');
    const key = fc.tuple(names, fc.constantFrom('', '', '', '@^1.0.0', '@2.x')).map((parts) => parts.join(''));
    const value = fc.constantFrom('9.0.0', '8.0.0', '');
    const inner = fc.dictionary(fc.oneof(key, fc.constant('.')), value, { minKeys: 1, maxKeys: 3 });
    const nested = fc.dictionary(key, fc.oneof(value, inner), { minKeys: 1, maxKeys: 2 });
    const overrides = fc.dictionary(key, fc.oneof(value, inner, nested), { maxKeys: 3 });
    const path = fc.array(fc.record({ name: names, rawSpec: range }), { minLength: 1, maxLength: 4 });
    let certain = 0;
    fc.assert(
      fc.property(overrides, path, (written, steps) => {
        const last = steps.at(-1)!;
        let context = new OverrideSet({ overrides: structuredClone(written) });
        for (const step of steps) context = context.getEdgeRule(step);
        const { name, value: to } = context;
        const expected = name === last.name && to !== undefined && to !== '*' ? to : last.rawSpec;
        const above = steps.slice(0, -1);
        const found = effectiveRange(rulesOf('npm', { overrides: written }), {
          name: last.name,
          range: last.rawSpec,
          parent: { name: above.at(-1)?.name, version: '1.0.0' },
          isAbove: (wanted, selector) =>
            above.some((step) => step.name === wanted && (selector === undefined || meets(step.rawSpec, selector)))
              ? 'yes'
              : 'no',
        });
        if (found === 'uncertain') return;
        certain++;
        expect(found === 'as-declared' ? last.rawSpec : text(found)).toBe(expected);
      }),
      { numRuns: 2000 },
    );
    expect(certain).toBeGreaterThan(1000);
  });
});

interface NpmOverrideSet {
  readonly name?: string;
  readonly value?: string;
  getEdgeRule(edge: { readonly name: string; readonly rawSpec: string }): NpmOverrideSet;
}

/** npm's own class, which is not among what its package exports types for. */
function loadOverrideSet(): new (options: { readonly overrides: unknown }) => NpmOverrideSet {
  return createRequire(import.meta.url)('@npmcli/arborist/lib/override-set.js');
}

function meets(range: string, selector: string): boolean {
  return range === 'latest' || intersects(range, selector);
}

describe('pnpm', () => {
  const pnpm = (overrides: Readonly<Record<string, string>>) => rulesOf('pnpm', { pnpm: { overrides } });

  it('a rule for the parent goes before one for all, the more specific before others', () => {
    const rules = pnpm({ a: '1.1.1', 'a@^2': '2.2.2', 'p@1>a': '3.3.3', 'q>a': '4.4.4', gone: '-', 'p>b@^1': '5.5.5' });
    expect(
      all(
        rules,
        { name: 'a' },
        { name: 'a', version: '2.0.0' },
        { name: 'a', parent: 'q', range: 'latest' },
        { name: 'a', parent: 'x', range: '^2.0.0' },
        { name: 'a', parent: 'x', range: 'workspace:*' },
        { name: 'gone' },
        { name: 'b' },
        { name: 'b', range: '^2.0.0' },
        { name: 'b', range: 'latest' },
      ),
    ).toEqual(['3.3.3', '1.1.1', '4.4.4', '2.2.2', '1.1.1', 'removed', '5.5.5', 'as-declared', 'as-declared']);
  });

  it('an unknown version of the parent leaves it open, unless it makes no difference', () => {
    const open = { ...edge({ name: 'a' }), parent: { name: 'p', version: undefined } };
    expect(effectiveRange(pnpm({ 'p@1>a': '3.3.3' }), open)).toBe('uncertain');
    expect(effectiveRange(pnpm({ 'p@1>a': '3.3.3', a: '3.3.3' }), open)).toEqual({ range: '3.3.3' });
  });
});

describe('Yarn', () => {
  it('later ones compare descriptors and references, the first rule counts', () => {
    const resolutions = { 'a@npm:^1.0.0': '1.5.0', a: '1.6.0', 'p@npm:1.0.0/b': '2.0.0', 'p@patch:x/c': '3.0.0' };
    expect(
      all(
        rulesOf('yarn-berry', { resolutions }),
        { name: 'a', range: '^1.0.0' },
        { name: 'a', range: 'npm:^1.0.0' },
        { name: 'a', range: '^1.0' },
        { name: 'b' },
        { name: 'b', version: '1.0.1' },
        { name: 'b', parent: 'x' },
        { name: 'c' },
      ),
    ).toEqual(['1.5.0', '1.5.0', '1.6.0', '2.0.0', 'as-declared', 'as-declared', 'uncertain']);
  });

  it('Yarn 1 matches globs over the path', () => {
    const resolutions = { 'p/a': '2.0.0', '**/p/b': '3.0.0', '**/q/**/c': '4.0.0', 'q/**/d': '5.0.0' };
    expect(
      all(
        rulesOf('yarn-classic', { resolutions }),
        { name: 'a' },
        { name: 'a', isDirect: 'yes' },
        { name: 'a', isDirect: 'no' },
        { name: 'a', parent: 'x', above: { p: 'yes' } },
        { name: 'b' },
        { name: 'c', above: { q: 'yes' } },
        { name: 'c', above: { q: 'both' } },
        { name: 'c' },
        { name: 'd', above: { q: 'yes' } },
      ),
    ).toEqual([
      'uncertain',
      '2.0.0',
      'as-declared',
      'as-declared',
      '3.0.0',
      '4.0.0',
      'uncertain',
      'as-declared',
      'uncertain',
    ]);
  });

  it('Yarn 1: agrees with its glob on every path, or is uncertain', () => {
    const names = fc.constantFrom<string[]>('a', 'b', '@s/c');
    const part = fc.tuple(fc.constantFrom('', '**/'), names).map((parts) => parts.join(''));
    const pattern = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
    const patterns = fc.uniqueArray(pattern, { maxLength: 3 });
    fc.assert(
      fc.property(patterns, fc.array(names, { minLength: 1, maxLength: 4 }), (globs, path) => {
        const resolutions = Object.fromEntries(globs.map((glob, at) => [glob, `${at}.9.9`]));
        const name = path.at(-1)!;
        const first = globs.find(
          (glob) =>
            (glob.match(/(?:@[^/]+\/)?[^/]+/g) ?? []).at(-1) === name &&
            minimatch(path.join('/'), glob === name ? `**/${glob}` : glob),
        );
        const above = path.slice(0, -1);
        const found = effectiveRange(rulesOf('yarn-classic', { resolutions }), {
          name,
          range: '^1.0.0',
          parent: { name: above.at(-1), version: '1.0.0', isDirect: above.length === 1 ? 'yes' : 'no' },
          isAbove: (wanted) => (above.includes(wanted) ? 'yes' : 'no'),
        });
        if (found !== 'uncertain') expect(found).toEqual(first ? { range: resolutions[first] } : 'as-declared');
      }),
      { numRuns: 2000 },
    );
  });
});

it('bun: a parent with a version goes before a parent, and that before all', () => {
  const overrides = { a: '1.1.1', 'p>a': '2.2.2', 'p@^1>a': '3.3.3', 'b@^2': '4.4.4' };
  expect(
    all(
      rulesOf('bun', { overrides }),
      { name: 'a' },
      { name: 'a', version: '2.0.0' },
      { name: 'a', parent: 'x' },
      { name: 'b' },
      { name: 'b', range: '>=1.0.0' },
      { name: 'b', range: 'latest' },
    ),
  ).toEqual(['3.3.3', '2.2.2', '1.1.1', 'as-declared', '4.4.4', 'as-declared']);
  const rivals = rulesOf('bun', { overrides: { 'a@^1': '1.1.1', 'a@1.x': '1.2.2' } });
  expect(all(rivals, { name: 'a' })).toEqual(['uncertain']);
});

it('rules that could not be read leave every dependency uncertain', () => {
  expect(all({ manager: 'npm', rules: [], complete: false }, { name: 'a' })).toEqual(['uncertain']);
  expect(all(rulesOf('spdx', {}), { name: 'a' })).toEqual(['uncertain']);
  expect(all(rulesOf('npm', { overrides: { a: 5 } }), { name: 'a' }, { name: 'b' })).toEqual([
    'uncertain',
    'as-declared',
  ]);
});

it('never throws on ranges of any text', () => {
  const kinds = fc.constantFrom<LockfileKind[]>('npm', 'pnpm', 'yarn-berry', 'yarn-classic', 'bun');
  fc.assert(
    fc.property(kinds, fc.string(), fc.string(), fc.string(), (kind, selector, to, range) => {
      const rules = { [`a@${selector}`]: to, [`p@${selector}>a`]: to };
      const manifest = { overrides: rules, resolutions: rules, pnpm: { overrides: rules } };
      expect(text(effectiveRange(rulesOf(kind, manifest), edge({ name: 'a', range })))).toBeTypeOf('string');
    }),
    { numRuns: 1000 },
  );
  const long = '1.0.0 || '.repeat(5000);
  expect(all(rulesOf('npm', { overrides: { [`a@${long}`]: '2.0.0' } }), { name: 'a' })).toEqual(['uncertain']);
});

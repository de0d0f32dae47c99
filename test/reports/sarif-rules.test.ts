import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FINDING_CODES, ruleName } from '../../src/findings.ts';
import { RULES, rulePage } from '../../src/reports/rules.ts';
import { RULE_INDEX, ruleIdOf, SARIF_RULES } from '../../src/reports/sarif/catalogue.ts';

const pageOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the rules', () => {
  it('are of every code that options know, and no other', () => {
    expect(Object.keys(RULES).sort()).toEqual([...FINDING_CODES].sort());
  });

  it('have different names, and say all that a reader asks', () => {
    expect(new Set(Object.values(RULES).map(({ name }) => name)).size).toBe(FINDING_CODES.length);
    for (const { short, what, why, example, next, since } of Object.values(RULES)) {
      for (const words of [short, what, why, next]) expect(words).toMatch(/^[A-Z].*\.$/);
      expect(`${what} ${why}`.length).toBeLessThanOrEqual(1_024);
      expect(example).not.toBe('');
      expect(since).toMatch(/^\d+\.\d+\.\d+$/);
    }
  });

  it.each(FINDING_CODES)('%s has a page with its name and its words', (code) => {
    const { name, short, since, level } = RULES[code];
    const page = pageOf(rulePage(code));
    expect(page.split('\n')[0]).toBe(`# ${name}`);
    expect(page.match(/^## .*$/gm)).toEqual(['## What', '## Why it matters', '## Example', '## What to do']);
    for (const words of [short, `| code | \`${code}\` |`, `| level | ${level} |`, `| since | ${since} |`]) {
      expect(page).toContain(words);
    }
  });

  it('are listed, with a link to each page', () => {
    const listed = [...pageOf('docs/rules/README.md').matchAll(/\]\(([a-z-]+)\.md\)/g)].map(([, name]) => name);
    expect(listed).toEqual(FINDING_CODES.map(ruleName));
    const pages = readdirSync(new URL('../../docs/rules/', import.meta.url)).filter((file) => file !== 'README.md');
    expect(pages.sort()).toEqual(FINDING_CODES.map((code) => `${ruleName(code)}.md`).sort());
  });
});

describe('the catalogue of SARIF', () => {
  it('has a rule for every severity of what may be about a loss, and one for the rest', () => {
    const about = { cause: 'package:npm/ms', name: 'ms', services: 2, lost: 1, of: 2, versions: [], sameBytes: 1 };
    const finding = { code: 'SHARED_PACKAGE', ...about, level: 'warning', file: 'a' } as const;
    const ids = [1, 0.8, 0.79, 0.5, 0.2, 0.19, 0, undefined].map((blastRadius) => ruleIdOf({ finding, blastRadius }));
    expect(ids).toEqual([
      'shared-package-critical',
      'shared-package-critical',
      'shared-package-high',
      'shared-package-high',
      'shared-package-medium',
      'shared-package-low',
      'shared-package',
      'shared-package',
    ]);
    const expired = { code: 'IGNORE_EXPIRED', cause: 'x', expires: 'y', level: 'warning', file: 'a' } as const;
    expect(ruleIdOf({ finding: expired, blastRadius: 1 })).toBe('ignore-expired');
    for (const id of ids) expect(SARIF_RULES[RULE_INDEX.get(id)!]).toMatchObject({ id });
    expect(RULE_INDEX.size).toBe(SARIF_RULES.length);
  });
});

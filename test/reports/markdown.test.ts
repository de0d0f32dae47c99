import fc from 'fast-check';
import { lexer, parse, parseInline, type Token } from 'marked';
import { describe, expect, it } from 'vitest';
import type { Audit } from '../../src/analysis/audit.ts';
import type { Finding } from '../../src/findings.ts';
import { capped, folded, item } from '../../src/reports/markdown/pieces.ts';
import { markdownReport } from '../../src/reports/markdown.ts';
import { forMarkdown, forMarkdownCode } from '../../src/reports/safe.ts';
import { inputOf, largeFleet, type MadeFleet, madeAudit } from './made-audit.ts';
import { visible } from './visible.ts';

const HOSTILE = [
  '|',
  'a|b`c\\|d',
  '`',
  '``` x',
  'x](javascript:alert(1))',
  '![x](https://registry.example/x.png)',
  '<https://registry.example>',
  'https://registry.example/x',
  'www.registry.example',
  'someone@registry.example',
  '<img src=x onerror=alert(1)>',
  '</details>',
  '<details open',
  '<script x',
  '<!-- ',
  '@someone',
  '@scope/name',
  'owner/name#1',
  '\n## x',
  '# x',
  '1. x',
  '- x',
  '    x',
  '> [!NOTE]',
  '[^1]: x',
  '~~x~~ *x* __x__ $x$',
  '&lt;b&gt;&#64;',
  '::error::x',
  '##[error]x',
  '\u202egnp.exe\u0000\u001b[31m',
  '__proto__',
  'constructor',
  'x'.repeat(10_000),
];

const hostile: MadeFleet = {
  services: HOSTILE.map((name) => [name, HOSTILE]),
  systems: HOSTILE.map((name, at) => ({
    name,
    members: [at, (at + 1) % HOSTILE.length],
    need: 1,
    weight: 1,
    origin: 'declared',
  })),
  guards: HOSTILE.map((name, at) => ({ name, service: at, protects: [at] })),
  diagnostics: HOSTILE.map((name) => ({
    code: 'LOCKFILE_SYNTAX',
    severity: 'incomplete',
    file: name,
    message: name,
    next: name,
  })),
  layers: ['package', 'artifact', 'release'],
};

const SMALL: MadeFleet = {
  services: [
    ['canary', ['shared']],
    ['pay-a', ['shared', 'only-a']],
    ['pay-b', ['shared', 'only-b']],
  ],
  systems: [{ name: 'checkout', members: [1, 2], need: 1, weight: 5, origin: 'declared' }],
  guards: [{ name: 'gate', service: 0, protects: [0] }],
  layers: ['package', 'artifact'],
};

const INVALID: Finding = {
  code: 'EVIDENCE_INVALID',
  ...{ package: 'npm/gone', version: '1.0.0', lockfiles: ['a.lock'], kind: 'signature', detail: '' },
  ...{ reason: 'bad-signature', level: 'error', file: 'a.lock' },
};

function markdownOf(audit: Audit, top = 20): string {
  return [...markdownReport({ ...inputOf(audit), top })].join('');
}

function* walked(tokens: readonly Token[]): Iterable<Token> {
  for (const token of tokens) {
    yield token;
    if ('tokens' in token && token.tokens) yield* walked(token.tokens);
    if (token.type === 'list') yield* walked(token.items);
    if (token.type === 'table') {
      for (const cell of [token.header, ...token.rows].flat()) yield* walked(cell.tokens);
    }
  }
}

const OWN_HTML = /^(?:<details>\s*<summary>[^<>]*<\/summary>\s*|<\/details>\s*|<!-- -->)$/;
const OWN_TOKENS = [
  ...['heading', 'paragraph', 'space', 'list', 'list_item', 'table', 'html'],
  ...['text', 'codespan', 'strong', 'em', 'escape'],
];

/** That a parser of GitHub's Markdown finds in it only what the report means. */
function expectTame(markdown: string): void {
  for (const token of walked(lexer(markdown))) {
    expect(OWN_TOKENS, token.raw).toContain(token.type);
    if (token.type === 'html') expect(token.raw).toMatch(OWN_HTML);
    if (token.type === 'em')
      expect(['Next:', expect.stringContaining('is said at the end')]).toContainEqual(token.text);
  }
  for (const lines of markdown.matchAll(/(?:^\|.*\n)+/gm)) {
    const bars = lines[0]
      .trimEnd()
      .split('\n')
      .map((line) => line.split('|').length);
    expect(new Set(bars).size, lines[0]).toBe(1);
  }
  const html = [...walked(lexer(markdown))].flatMap(({ type, raw }) => (type === 'html' ? [raw] : [])).join('');
  expect(html.split('<details>').length).toBe(html.split('</details>').length);
  expect(markdown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
}

/** What a reader sees of it. */
function shown(html: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return html
    .replace(/<!-- -->|<\/?(?:code|p)>/g, '')
    .replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) => (code ? String.fromCharCode(Number(code)) : named[name]!));
}

describe('the report', () => {
  const markdown = markdownOf(madeAudit(SMALL));

  it('answers the three questions in their order', () => {
    const titles = lexer(markdown).flatMap((token) => (token.type === 'heading' ? [[token.depth, token.text]] : []));
    expect(titles).toEqual([
      [1, 'spof-deps'],
      [2, 'What failures are we vulnerable to?'],
      [3, 'Redundant against what?'],
      [4, 'checkout, 1 of 2 (pay-a, pay-b): what does it survive?'],
      [2, 'Which matter most?'],
      [3, expect.stringMatching(/^\d+ findings$/)],
      [2, 'What do we do about them?'],
    ]);
    expect(markdown).toContain('3 services from 3 lockfiles');
    expect(markdown).toContain('- guard gate (canary) goes down together with checkout');
    expectTame(markdown);
  });

  it('has findings with their severity, place and next step, errors and greater losses first', () => {
    const order = ['error', 'critical', 'high', 'medium', 'low', 'note'];
    const items = markdown.split('findings\n\n')[1]!.split('\n\n')[0]!.split('\n');
    expect(items[0]).toMatch(/^- \*\*critical\*\*, blast radius 100%, `blind-guard` at `canary`: guard gate goes down/);
    expect(items).toContainEqual(
      expect.stringMatching(/`shared-package` at `canary` and 2 more files: .* \*Next:\* put services/),
    );
    const words = items.map((text) => /^- \*\*(\w+)\*\*/.exec(text)?.[1]);
    expect(words).toEqual([...words].sort((a, b) => order.indexOf(a!) - order.indexOf(b!)));
  });

  it('has an error before every loss', () => {
    const told = markdownOf({ ...madeAudit(SMALL), findings: [INVALID] }, 1);
    expect(told).toContain('findings\n\n- **error**, `evidence-invalid` at `a.lock`: the ');
  });

  it('keeps to the rows asked for, and says how much more there is', () => {
    const short = markdownOf(madeAudit(SMALL), 1);
    expect(short).toContain('Packages, top 1 of 3');
    expect(short).toMatch(/^- and \d+ more \(--top all lists them\)$/m);
    expect(short.match(/^\| 1 \|/gm)).toHaveLength(2);
    expect(short).not.toMatch(/^\| 2 \|/m);
  });

  it('is the same for the same audit', () => expect(markdownOf(madeAudit(SMALL))).toBe(markdown));

  it('says what is missing, first and last', () => {
    const told = markdownOf(
      madeAudit({
        ...SMALL,
        diagnostics: [
          { code: 'LOCKFILE_EMPTY', severity: 'incomplete', file: 'a.lock', message: 'is empty', next: 'fill it' },
        ],
      }),
    );
    expect(told.indexOf('**Incomplete: every number is a lower bound.**')).toBeLessThan(told.indexOf('## What'));
    expect(told).toContain('- incomplete LOCKFILE\\_EMPTY a.lock: is empty; fill it');
    expect(markdown).not.toContain('Incomplete');
  });

  it('is there for an empty fleet too', () => {
    expect(markdownOf(madeAudit({ services: [] }))).toContain('**No lockfile or SBOM was found: nothing was audited.');
  });
});

describe('hostile names', () => {
  const markdown = markdownOf(madeAudit(hostile), Number.POSITIVE_INFINITY);

  it('are no markup, no HTML, no link, and move no cell', () => expectTame(markdown));

  it('start no line of the log that a runner takes for a command', () => {
    for (const line of markdown.split('\n')) expect(line.trimStart()).not.toMatch(/^::/);
    expect(markdown).not.toContain('##[');
  });

  it('are read as they are, and cut', () => {
    const text = shown(String(parse(markdown)));
    for (const name of HOSTILE) expect(text).toContain(visible(name).trim());
    expect(markdown).not.toContain('x'.repeat(601));
  });
});

describe('text for Markdown', () => {
  const special = fc.constantFrom(...'|`\\*_~[]()<>#!&@:;$-+=.1 ax'.split(''), '\n', '://', 'www.', '\u202e', '&#64;');
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: special }), fc.constantFrom(...HOSTILE));

  it('is plain text of one paragraph, whatever it is', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const html = String(parse(`${forMarkdown(text)}\n`)).trim();
        expect(html.replaceAll('<!-- -->', '')).not.toMatch(/<(?!\/?p>)/);
        if (text.length < 300) expect(shown(html).trim()).toBe(visible(text).trim());
      }),
      { numRuns: 2_000 },
    );
  });

  it('is plain text inside a list too', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const html = String(parse(`${item(text)}`)).trim();
        expect(html.replaceAll('<!-- -->', '')).not.toMatch(/<(?!\/?(?:ul|li)>)/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is one code span, or plain text, where it is a name', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const html = String(parseInline(`a ${forMarkdownCode(text)} b`));
        expect(html.replaceAll('<!-- -->', '')).toMatch(/^a (?:<code>[^<]*<\/code>|[^<]*) b$/);
        expect(shown(html).trim()).toBe(`a ${visible(text)} b`);
        expect(forMarkdownCode(text)).not.toContain('|');
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['@scope/name', '`@scope/name`'],
    ['a`b', '``a`b``'],
    ['`a', '`` `a ``'],
    ['a|b', 'a&#124;b'],
  ])('%s is %s', (name, code) => expect(forMarkdownCode(name)).toBe(code));
});

describe('size', () => {
  it('stays below what a step summary takes, whole to the last row, with the cut told at the end', () => {
    const markdown = markdownOf(madeAudit(largeFleet(100, 8_000)), Number.POSITIVE_INFINITY);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(1_000_000);
    expect(markdown.trimEnd()).toMatch(/\*\*Cut\*\*: this report is never longer than 1,000,000 bytes\.[^\n]*$/);
    expect(markdown).toContain('## What do we do about them?');
    expectTame(markdown);
  });

  it('is bounded for many systems with long names', () => {
    const names = Array.from({ length: 300 }, (_, at) => `${'@'.repeat(400)}${at}`);
    const audit = madeAudit({
      services: names.map((name) => [name, ['p']]),
      systems: names.map((name, at) => ({ name, members: [at], need: 1, weight: 1, origin: 'declared' })),
    });
    const markdown = markdownOf(audit, Number.POSITIVE_INFINITY);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(1_000_000);
    expect(markdown.split('<details>').length).toBe(markdown.split('</details>').length);
    expect(markdown).toContain('**Cut**');
  });

  it('cuts between pieces, and closes what is open, at any length', () => {
    const pieces = ['head\n\n', ...folded('é', [...folded('b', ['- 1\n', '- 2\n']), '| é |\n'.repeat(3), 'x\n'])];
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), (room) => {
        const text = [...capped(pieces, room, 'cut')].join('');
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(room);
        expect(text.split('<details>').length).toBe(text.split('</details>').length);
        expect(text === pieces.join('') || text.endsWith('\ncut\n\n')).toBe(true);
      }),
    );
  });
});

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forHtml, forScript } from '../../src/reports/safe.ts';
import { npmLock, scratch, spofDeps, tree } from '../cli/harness.ts';
import { dataOf, elementText, htmlOf } from './html-page.ts';
import { largeFleet, type MadeFleet, madeAudit } from './made-audit.ts';

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<!--<script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '\u202egnp.exe\u0000\u001b[31m',
  '__proto__',
  'constructor',
  '&lt;b&gt;',
  'x'.repeat(10_000),
];

const SMALL: MadeFleet = {
  services: [
    ['canary', ['shared']],
    ['pay-a', ['shared', 'only-a']],
    ['pay-b', ['shared', 'only-b']],
  ],
  systems: [{ name: 'checkout', members: [1, 2], need: 1, weight: 5, origin: 'declared' }],
  guards: [{ name: 'gate', service: 0, protects: [0] }],
};

const hostile: MadeFleet = {
  services: HOSTILE.map((name) => [name, HOSTILE]),
  systems: HOSTILE.map((name, at) => ({ name, members: [at], need: 1, weight: 1, origin: 'declared' })),
  guards: HOSTILE.map((name, at) => ({ name, service: at, protects: [at] })),
  diagnostics: HOSTILE.map((name) => ({
    code: 'LOCKFILE_SYNTAX',
    severity: 'incomplete',
    file: name,
    message: name,
    next: name,
  })),
};

describe('the page', () => {
  const html = htmlOf(madeAudit(SMALL));

  it('answers the three questions in their order, then tells what it stands on', () => {
    const titles = [...html.matchAll(/<h2[^>]*>([^<]*)</g)].map(([, title]) => title);
    expect(titles).toEqual([
      'What failures are we vulnerable to?',
      'Which matter most?',
      'What do we do about them?',
      'What is verified, of what the lockfiles pin?',
    ]);
    expect(html).toContain('checkout, 1 of 2 (pay-a, pay-b): what does it survive?');
    expect(html).toContain('guard gate (canary) goes down together with');
  });

  it('is allowed to run its own script and style, and nothing else', () => {
    const policy = elementText(html, 'http-equiv="Content-Security-Policy" content="', '"').replaceAll('&#39;', "'");
    const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src ${hash(elementText(html, '<script>', '</script>'))}`,
      `style-src ${hash(elementText(html, '<style>', '</style>'))}`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  it('refers to nothing outside itself', () => {
    expect(html).not.toMatch(/<(?:link|img|iframe|object|embed|base|form)\b/i);
    expect(html).not.toMatch(/\b(?:src|srcset|action|style|on[a-z]+)="/i);
    expect([...html.matchAll(/href="([^"]*)"/g)].every(([, target]) => target!.startsWith('#'))).toBe(true);
    expect(html).not.toMatch(/url\(|@import|fetch\(|XMLHttpRequest|innerHTML|eval\(/);
  });

  it('has no link without a target, and no id twice', () => {
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id!);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, target] of html.matchAll(/(?:href="#|aria-labelledby=")([^"]*)"/g)) expect(ids).toContain(target);
  });

  it('is the same for the same audit', () => {
    expect(htmlOf(madeAudit(SMALL))).toBe(html);
  });

  it('has the ranking for browsers without scripts', () => {
    expect(elementText(html, '<div id="plain">', '<section ')).toMatch(/<th scope="row" class="left">shared<\/th>/);
  });

  it('says what is missing, first of all', () => {
    const [diagnostic] = hostile.diagnostics!;
    const told = htmlOf(
      madeAudit({ ...SMALL, diagnostics: [{ ...diagnostic!, file: 'a.json', message: 'is broken' }] }),
    );
    expect(told).toContain('Incomplete: every number is a lower bound.');
    expect(told).toContain('incomplete LOCKFILE_SYNTAX a.json: is broken');
    expect(html).not.toContain('Incomplete');
  });

  it('is there for an empty fleet too', () => {
    const empty = htmlOf(madeAudit({ services: [] }));
    expect(empty).toContain('No lockfile or SBOM was found: nothing was audited.');
    expect(dataOf(empty).layers).toEqual([]);
  });
});

describe('hostile names', () => {
  const html = htmlOf(madeAudit(hostile));

  it('end no element and begin none', () => {
    const plain = htmlOf(madeAudit({ services: HOSTILE.map((_, at) => [`s${at}`, ['p']]) }));
    for (const tag of ['script', 'style', 'img', 'b']) {
      const tags = (text: string): number => text.split(`<${tag}>`).length + text.split(`<${tag} `).length;
      expect(tags(html), tag).toBe(tags(plain));
    }
    expect(elementText(html, '<script type="application/json" id="data">', '</script>')).not.toMatch(/[<>]/);
  });

  it('hold nothing invisible, and are cut', () => {
    expect(html.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(html).toContain('\\u{202e}gnp.exe\\u{0}\\u{1b}[31m');
    expect(html).not.toContain('x'.repeat(301));
  });

  it('are ordinary names', () => {
    const data = dataOf(html);
    expect(data.services.names).toContain('__proto__');
    expect(data.layers[0]!.rows).toBe(HOSTILE.length);
    expect(data.layers[0]!.columns[0]!.text.values).toContain('</script><script>alert(1)</script>');
  });
});

describe('text for HTML', () => {
  const special = fc.constantFrom('&', '<', '>', '"', "'", '#39;', 'amp;', 'a', '\0', '\u202e', '\ud800');

  it('is markup nowhere, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: special })), (text) => {
        expect(forHtml(text)).not.toMatch(/[<>"'\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(forHtml(text)).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/);
      }),
    );
  });

  it('comes back from a script as it was, and cannot leave it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(forScript(value))).toEqual(JSON.parse(JSON.stringify(value)));
        expect(forScript(value)).not.toMatch(/[<>\u2028\u2029]/);
      }),
    );
    expect(forScript('</script>')).toBe('"\\u003c/script\\u003e"');
  });
});

describe('size', () => {
  it('stays bounded: each set of services once, each value once', () => {
    const html = htmlOf(madeAudit(largeFleet(100, 4_000)));
    const data = dataOf(html);
    expect(data.layers[0]!.rows).toBe(4_000);
    expect(html.length).toBeLessThan(600_000);
  });

  it('has paths of a hundred services at most', () => {
    const { paths } = dataOf(htmlOf(madeAudit(largeFleet(120, 500))));
    expect(paths.services).toHaveLength(100);
    expect(paths.layers[0]).toHaveLength(60);
  });
});

describe('the command', () => {
  const root = tree({ 'a/package-lock.json': npmLock({ debug: '4.4.3' }) });

  it('writes it by extension, and to stdout', async () => {
    const file = join(scratch(), 'report.html');
    const { code, stdout } = await spofDeps([root, '--format', 'html', '--out', file]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
  });

  it.each([['verify'], ['compare', 'a', 'b', '--in']])('%s has none', async (...command) => {
    const refused = await spofDeps([...command, root, '--format', 'html']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Allowed choices are terminal, json.');
  });

  it('verify refuses the extension', async () => {
    const { code, stderr } = await spofDeps(['verify', root, '--offline', '--out', join(scratch(), 'report.html')]);
    expect(code).toBe(2);
    expect(stderr).toContain('no report format has this extension');
    expect(stderr).toContain('use .json or .txt');
  });
});

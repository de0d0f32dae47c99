import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { marked } from 'marked';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trend } from '../../src/analysis/trend.ts';
import { htmlReport } from '../../src/reports/html.ts';
import { TREND_REPORTS } from '../../src/reports/index.ts';
import { scratch } from '../cli/harness.ts';
import { parseCsv } from './csv-parser.ts';
import { inputOf, madeAudit } from './made-audit.ts';
import { type MadeRun, madeTrend } from './made-trend.ts';

const CHROMIUM = '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Format = keyof typeof TREND_REPORTS;
const reportOf = (trend: Trend, format: Format, width = 100, top = 5): string =>
  [...TREND_REPORTS[format]({ trend, top, width, color: false })].join('');

const RUNS: readonly MadeRun[] = [
  { causes: { ms: 0.2, left: 0.9, gone: 0.4 }, systems: { pay: 2, shop: 1.5 }, asked: false },
  { causes: { ms: 0.4, left: 0.9 }, systems: { pay: 1.6, shop: 1.5 } },
  { causes: { ms: 0.8, left: 0.1 }, systems: { pay: 1.2, shop: 1.6 }, complete: false },
  { causes: { ms: 1, left: 0.1, gone: 0.4 }, systems: { pay: 1.1 }, scope: 'runtime' },
];

const NAMES = [
  '</script><img src=x onerror=alert(1)>',
  '\u202egnp.exe',
  '__proto__',
  '=1+1',
  'a|b`c`\n::error::',
  'y'.repeat(9000),
];
const HOSTILE: readonly MadeRun[] = [0.3, 0.6].map((radius) => ({
  causes: Object.fromEntries(NAMES.map((name) => [name, radius])),
  systems: Object.fromEntries(NAMES.map((name) => [name, 1 + radius])),
  file: `${NAMES[0]}\u001b[31m.spof`,
}));
const UNREAD = NAMES.map((name) => ({ file: name, code: 'SNAPSHOT_INVALID' as const, message: name, next: name }));

describe('the trend in words', () => {
  it('puts what lost most redundancy first, and says how many systems are left', () => {
    const text = reportOf(madeTrend(RUNS), 'terminal', 120, 1);
    expect(text).toMatch(/pay, 1 of 2 \(pay-a, pay-b\): effective members/);
    expect(text).not.toContain('shop, 1 of 2');
    expect(text).toContain('1 system less changed is not shown (--top all).');
    expect(reportOf(madeTrend(RUNS), 'terminal', 120)).toContain(
      'shop, 1 of 2 (shop-a, shop-b), gone: effective members',
    );
  });

  it('has bounds for what is incomplete, and gaps for what is not there', () => {
    const text = reportOf(madeTrend(RUNS), 'terminal', 140);
    expect(text).toMatch(/gone +2 +40% +40% +40% +40% +0 +▄··▄/);
    expect(text).toMatch(/left +3 +10% +90% +>=10%|left +3 +10% +90% +10% +90% +-80 pts +██▁▁/);
    expect(text).toMatch(/marks +·\|!\|/);
    expect(text).toContain('1 of 4 runs did not look for evidence');
  });

  it('shows the latest runs where they are more than there is room for', () => {
    const many = Array.from({ length: 200 }, (_, at) => ({ causes: { ms: at / 200 } }));
    const text = reportOf(madeTrend(many), 'terminal', 100);
    expect(text).toContain('last 28 of 200 runs');
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('never lets a name do anything', async () => {
    const trend = madeTrend(HOSTILE, 10, UNREAD);
    const text = reportOf(trend, 'terminal', 100, 10);
    expect(text.replace(/\n/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]|::error/u);
    const html = reportOf(trend, 'html', 100, 10);
    expect(html).not.toMatch(/<img|<script|\u202e/);
    const markdown = reportOf(trend, 'markdown', 100, 10);
    expect(await marked(markdown)).not.toMatch(/<img|<script|\u202e/);
    const [header, ...rows] = parseCsv(reportOf(trend, 'csv'));
    for (const row of rows) expect(row).toHaveLength(header!.length);
    expect(rows.some((row) => row.some((field) => field.startsWith('=')))).toBe(false);
    expect(JSON.parse(reportOf(trend, 'json')).layers.package.causes).toHaveLength(NAMES.length);
  });

  it('is never longer than a summary may be', () => {
    const long = Array.from({ length: 3 }, () => ({
      causes: Object.fromEntries(Array.from({ length: 9000 }, (_, at) => [`${'long'.repeat(30)}-${at}`, 0.5])),
    }));
    const markdown = reportOf(madeTrend(long, 9000), 'markdown', 100, 9000);
    expect(Buffer.byteLength(markdown)).toBeLessThanOrEqual(1_000_000);
    expect(markdown).toContain('**Cut**');
  });
});

describe.skipIf(!existsSync(CHROMIUM))('the trend as a page, in Chromium', () => {
  let browser: Browser;
  const directory = scratch();
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  }, 60_000);
  afterAll(() => browser.close());

  async function open(name: string, html: string, options: BrowserContextOptions) {
    const file = join(directory, `${name}.html`);
    writeFileSync(file, html);
    const page = await browser.newPage(options);
    const odd: string[] = [];
    const url = pathToFileURL(file).href;
    page.on('console', (message) => odd.push(message.text()));
    page.on('request', (request) => {
      if (request.url() !== url) odd.push(request.url());
    });
    await page.goto(url);
    return { page, odd };
  }

  it.each([
    ['light', 400],
    ['light', 1280],
    ['dark', 400],
    ['dark', 1280],
  ] as const)('has nothing that axe objects to, %s, %i pixels wide', async (colorScheme, width) => {
    const options: BrowserContextOptions = { colorScheme, viewport: { width, height: 900 } };
    const audit = madeAudit({
      services: [
        ['pay-a', ['ms']],
        ['pay-b', ['ms']],
      ],
    });
    const made = {
      plain: reportOf(madeTrend(RUNS), 'html'),
      hostile: reportOf(madeTrend(HOSTILE, 10, UNREAD), 'html', 100, 10),
      one: reportOf(madeTrend(RUNS.slice(0, 1)), 'html'),
      audit: [...htmlReport({ ...inputOf(audit), trend: madeTrend(RUNS) })].join(''),
    };
    for (const [name, html] of Object.entries(made)) {
      const { page, odd } = await open(name, html, options);
      // Axe is no part of the page, which lets no script run but its own.
      const session = await page.context().newCDPSession(page);
      await session.send('Page.setBypassCSP', { enabled: true });
      await page.reload();
      await page.evaluate(AXE);
      const violations = await page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html].join(" ")))',
      );
      expect(violations).toEqual([]);
      const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
      expect(await page.evaluate(overflow)).toBe(0);
      expect(odd).toEqual([]);
      await page.close();
    }
  });

  it('draws a line for each cause, with a gap where it is not there', async () => {
    const { page } = await open('plain', reportOf(madeTrend(RUNS), 'html'), {});
    expect(await page.locator('#causes figure').count()).toBe(1);
    const gone = await page.locator('#causes .trace').nth(1).getAttribute('d');
    expect(gone!.match(/M/g)).toHaveLength(2);
    expect(await page.locator('#causes .moment').count()).toBe(3);
    expect(await page.locator('#systems figure').count()).toBe(2);
    await page.close();
  });
});

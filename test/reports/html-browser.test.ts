/** The report of the audit in a real browser. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Audit } from '../../src/analysis/audit.ts';
import { scratch } from '../cli/harness.ts';
import { launch, noBrowser, openFile, overflow, violations } from './browser.ts';
import { htmlOf } from './html-page.ts';
import { largeFleet, type MadeFleet, madeAudit } from './made-audit.ts';

const FLEET: MadeFleet = {
  services: [
    ['canary', ['shared']],
    ['pay-a', ['shared', 'left', 'only-a']],
    ['pay-b', ['shared', 'right', 'only-b']],
    ['web', ['shared', 'left']],
  ],
  systems: [
    { name: 'pay', members: [1, 2], need: 1, weight: 5, origin: 'declared' },
    {
      name: 'shop',
      members: [1, 2, 3],
      parts: { services: [3], systems: [0] },
      need: 1,
      weight: 2,
      origin: 'declared',
    },
  ],
  forBuilding: ['left', 'only-a'],
  guards: [{ name: 'gate', service: 0, protects: [0] }],
  layers: ['package', 'artifact'],
};

const NAMES = ['</script><img src=x onerror=alert(1)>', '\u202egnp.exe', '__proto__', '"\'&amp;', 'y'.repeat(10_000)];
const HOSTILE: MadeFleet = {
  services: NAMES.map((name) => [name, NAMES]),
  systems: NAMES.slice(0, 3).map((name, at) => ({ name, members: [at], need: 1, weight: 1, origin: 'declared' })),
};

describe.skipIf(noBrowser !== '')(`the HTML report in Chromium${noBrowser}`, () => {
  let browser: Browser;
  const directory = scratch();
  const files = new Map<Audit, string>();

  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  async function open(audit: Audit, options: BrowserContextOptions = {}): Promise<{ page: Page; odd: string[] }> {
    const file = files.get(audit) ?? join(directory, `report-${files.size}.html`);
    if (!files.has(audit)) writeFileSync(file, htmlOf(audit));
    files.set(audit, file);
    return openFile(browser, file, options);
  }

  const told = (page: Page): Promise<string> => page.locator('#fallen-told').innerText();
  const column = (page: Page, name: string) => page.locator(`.column[aria-label^="${name}:"]`);
  const found = (page: Page): Promise<string[]> => page.locator('#ranking button.cause').allInnerTexts();
  const focused = (page: Page): Promise<unknown> =>
    page.evaluate('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent');

  const fleet = madeAudit(FLEET);

  it('fails a cause that is clicked in the picture, and shows what falls', async () => {
    const { page, odd } = await open(fleet);
    expect(await told(page)).toMatch(/^Choose a cause/);
    await column(page, 'shared').locator('.strip').click();
    expect(await told(page)).toBe('4 of 4 services down, 3 of 3 systems lost, blast radius 100%. 1 guard blind.');
    expect(await column(page, 'shared').getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('#matrix-labels .down').allInnerTexts()).toHaveLength(6);
    expect(await page.locator('tr.failed').innerText()).toContain('shared');
    await page.getByText('One by one').click();
    expect(await page.locator('#fallen-details').innerText()).toContain('pay-a › shared@1.0.0');
    expect(await page.locator('#fallen-details').innerText()).toContain('gate (canary) protects pay');
    await page.getByRole('button', { name: 'Let package shared work again' }).click();
    expect(await told(page)).toMatch(/^Choose a cause/);
    expect(odd).toEqual([]);
  });

  it('fails several together: what each survives, both may defeat, and what is above', async () => {
    const { page, odd } = await open(fleet);
    await page.getByRole('button', { name: 'left', exact: true }).click();
    expect(await told(page)).toBe('2 of 4 services down, 0 of 3 systems lost, blast radius 0%.');
    await page.getByRole('button', { name: 'right', exact: true }).click();
    expect(await told(page)).toBe('3 of 4 services down, 2 of 3 systems lost, blast radius 88%.');
    await page.locator('#layer').selectOption({ label: 'artifact (5)' });
    expect(await page.locator('.column.failed').count()).toBe(0);
    await page.getByRole('button', { name: 'shared@1.0.0', exact: true }).click();
    expect(await told(page)).toMatch(/^4 of 4 services down, 3 of 3 systems lost/);
    await page.getByRole('button', { name: 'Let all work again' }).click();
    expect(await page.locator('#fallen-causes button').count()).toBe(0);
    expect(odd).toEqual([]);
  });

  it('draws what survives smaller, and what is for building only hollow', async () => {
    const { page } = await open(fleet);
    const kinds = async (name: string): Promise<unknown[]> => {
      const paths = await column(page, name).locator('path').all();
      return Promise.all(paths.map((path) => path.getAttribute('class')));
    };
    expect(await kinds('shared')).toEqual(['cell lost']);
    expect(await kinds('right')).toEqual(['cell held']);
    expect(await kinds('left')).toEqual(['cell held hollow']);
  });

  it('draws a service of several systems by the one that is lost', async () => {
    const systems = [
      { name: 'pair', members: [0, 1], need: 1, weight: 1, origin: 'declared' },
      { name: 'lone', members: [0], need: 1, weight: 1, origin: 'declared' },
    ] as const;
    const { page } = await open(
      madeAudit({
        services: [
          ['a', ['only-a']],
          ['b', ['only-b']],
        ],
        systems,
      }),
    );
    expect(await column(page, 'only-a').locator('.cell').getAttribute('class')).toBe('cell lost');
    expect(await column(page, 'only-b').locator('.cell').getAttribute('class')).toBe('cell held');
  });

  it('never says more than is known', async () => {
    const diagnostics = [
      { code: 'ENTRY_SKIPPED', severity: 'incomplete', file: 'a', message: 'b', next: 'c' },
    ] as const;
    const { page } = await open(madeAudit({ ...FLEET, diagnostics }));
    expect(await page.locator('#matrix-drawn').innerText()).toMatch(/^Not everything is known/);
    await column(page, 'shared').locator('.strip').click();
    expect(await told(page)).toMatch(/^At least 4 of 4 services down/);
  });

  it('filters and sorts the ranking, and the picture with it', async () => {
    const { page, odd } = await open(fleet);
    await page.locator('#search').fill('ONLY');
    expect(await found(page)).toEqual(['only-a', 'only-b']);
    expect(await page.locator('.column').count()).toBe(2);
    expect(await page.locator('#found').innerText()).toBe('2 of 5 causes');
    await page.locator('#search').fill('');
    await page.locator('#system').selectOption('defeats 0');
    expect(await found(page)).toEqual(['shared']);
    await page.locator('#system').selectOption('touches 0');
    expect(await found(page)).toHaveLength(5);
    await page.locator('#own').selectOption('own');
    expect(await found(page)).toEqual([]);
    await page.locator('#own').selectOption('');
    await page.getByRole('button', { name: 'name', exact: true }).click();
    expect((await found(page))[0]).toBe('left');
    expect(await page.locator('th[aria-sort]').innerText()).toContain('name');
    await page.getByRole('button', { name: 'reach', exact: true }).click();
    expect((await found(page))[0]).toBe('shared');
    expect(await page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    expect(odd).toEqual([]);
  });

  it('is walked by keyboard alone', async () => {
    const { page, odd } = await open(fleet);
    const { keyboard } = page;
    await keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the report');
    const tabTo = async (wanted: RegExp): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        await keyboard.press('Tab');
        if (wanted.test(String(await focused(page)))) return;
      }
      throw new Error(`no ${wanted} on the way`);
    };
    await tabTo(/^shared: takes down 4 of 4 services, 3 of 3 systems/);
    await keyboard.press('ArrowRight');
    expect(await focused(page)).toMatch(/^left:/);
    await keyboard.press('Enter');
    expect(await told(page)).toMatch(/^2 of 4 services down/);
    expect(await focused(page)).toMatch(/^left:/);
    const before = await page.evaluate('scrollY');
    await keyboard.press('Space');
    expect(await told(page)).toMatch(/^Choose a cause/);
    expect(await page.evaluate('scrollY')).toBe(before);
    await keyboard.press('End');
    expect(await focused(page)).toMatch(/^right:/);
    await tabTo(/^The picture in words/);
    await keyboard.press('Enter');
    await expect.poll(() => page.locator('#matrix-table').innerText()).toContain('all 4');
    await tabTo(/^blast$/);
    await keyboard.press('Enter');
    expect(await focused(page)).toBe('blast');
    await tabTo(/^shared$/);
    await keyboard.press('Enter');
    expect(await told(page)).toMatch(/^4 of 4 services down/);
    await tabTo(/^Let package shared work again/);
    await keyboard.press('Enter');
    expect(await told(page)).toMatch(/^Choose a cause/);
    expect(odd).toEqual([]);
  });

  it.each(['light', 'dark'] as const)('has nothing that axe objects to, %s', async (colorScheme) => {
    for (const width of [400, 1600]) {
      const { page, odd } = await open(fleet, { colorScheme, viewport: { width, height: 900 } });
      expect(await violations(page)).toEqual([]);
      await column(page, 'left').locator('.strip').click();
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      expect(odd).toEqual([]);
      await page.close();
    }
  });

  it('changes its theme', async () => {
    const { page } = await open(fleet, { colorScheme: 'light' });
    const paper = (): Promise<unknown> => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await paper();
    const button = page.getByRole('button', { name: 'Theme' });
    await button.click();
    expect(await paper()).toBe(light);
    await button.click();
    expect(await button.innerText()).toBe('Theme: dark');
    expect(await paper()).not.toBe(light);
  });

  it('prints everything, and nothing that has to be clicked', async () => {
    const { page } = await open(fleet, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await expect.poll(() => page.locator('details:not([open])').count()).toBe(0);
    expect(await page.locator('#controls').isVisible()).toBe(false);
    expect(await page.locator('#matrix-table').isVisible()).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'screen' });
    await expect.poll(() => page.locator('#matrix-words[open]').count()).toBe(0);
  });

  it('shows hostile names as text', async () => {
    const { page, odd } = await open(madeAudit(HOSTILE), { viewport: { width: 400, height: 900 } });
    expect(await found(page)).toContain('</script><img src=x onerror=alert(1)>');
    expect(await found(page)).toContain('\\u{202e}gnp.exe');
    await page.getByRole('button', { name: '__proto__', exact: true }).click();
    expect(await told(page)).toMatch(/^5 of 5 services down/);
    await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
    expect(await page.locator('img').count()).toBe(0);
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(odd).toEqual([]);
  });

  it('tells the answers without a script', async () => {
    const { page, odd } = await open(fleet, { javaScriptEnabled: false });
    expect(await page.getByText('need JavaScript').isVisible()).toBe(true);
    expect(await page.getByRole('rowheader', { name: 'shared', exact: true }).isVisible()).toBe(true);
    expect(await page.locator('#matrix').isVisible()).toBe(false);
    expect(odd).toEqual([]);
  });

  it('holds 500 services and 20,000 causes', async () => {
    const { page, odd } = await open(madeAudit(largeFleet(500, 20_000)));
    expect(await page.locator('#found').innerText()).toBe('20,000 causes');
    await page.locator('#search').fill('package-1234');
    expect(await page.locator('#found').innerText()).toBe('10 of 20,000 causes');
    await page.locator('#search').fill('');
    await page.locator('#system').selectOption('defeats 0');
    expect(await page.locator('#found').innerText()).toMatch(/^\d+ of 20,000 causes$/);
    await page.locator('#system').selectOption('');
    await page.getByRole('button', { name: 'Last', exact: true }).click();
    expect(await page.locator('#pager [role="status"]').innerText()).toBe('19,951 to 20,000 of 20,000');
    await page.locator('#ranking button.cause').last().click();
    expect(await told(page)).toMatch(/^\d+ of 500 services down/);
    await column(page, 'package-00000').locator('.strip').click();
    expect(await told(page)).toMatch(/^500 of 500 services down/);
    expect(odd).toEqual([]);
  });
});

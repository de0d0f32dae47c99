/** The page of a plan in a real browser. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps, tree } from '../cli/harness.ts';
import { launch, noBrowser, openFile, overflow, violations } from './browser.ts';

const ACME = fileURLToPath(new URL('../../fixtures/acme', import.meta.url));
const EVIL = ['</script><img src=x onerror=alert(1)>', '\u202egnp.exe', '__proto__', 'y'.repeat(300)];

describe.skipIf(noBrowser !== '')(`the page of a plan in Chromium${noBrowser}`, () => {
  let browser: Browser;
  const directory = scratch();
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  const hostile = (): string => {
    const pinned = Object.fromEntries(EVIL.map((name) => [name, '1.0.0']));
    const systems = { [EVIL[0]!]: { members: ['a', 'b'], need: 1 } };
    return tree({
      'spof-deps.json': JSON.stringify({ systems }),
      'a/package-lock.json': npmLock(pinned),
      'b/package-lock.json': npmLock(pinned),
    });
  };

  it.each(['light', 'dark'] as const)(
    'breaks no rule of axe and asks nobody, %s',
    async (colorScheme) => {
      for (const [name, root] of [['acme', ACME] as const, ['hostile', hostile()] as const]) {
        const file = join(directory, `${name}-${colorScheme}.html`);
        const args = [
          'plan',
          '--in',
          root,
          '--offline',
          '--budget',
          '2',
          '--simulate',
          '--allow-incomplete',
          '--out',
          file,
        ];
        expect((await spofDeps(args, { columns: 100 })).code).toBe(0);
        const { page, odd } = await openFile(browser, file, { colorScheme });
        expect(await violations(page)).toEqual([]);
        expect(await overflow(page)).toBe(0);
        expect(odd).toEqual([]);
        await page.close();
      }
    },
    120_000,
  );
});

/**
 * The settings of update rings, as they are told to users, put to the package managers they are for: a release younger than
 * the ring waits is not taken, an older one is.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { gte } from 'semver';
import { describe, expect, it } from 'vitest';
import { FIRST_VERSION, type GatingManager } from '../../../src/analysis/rings/gate-keepers.ts';
import { settingsOf } from '../../../src/analysis/rings/settings.ts';
import type { PolicyManager } from '../../../src/graph/policies.ts';
import { settingText } from '../../../src/reports/rings/settings.ts';
import { keptFleet } from '../../analysis/rings/rings-twin.ts';
import { lock, lockfileOf, type ManagerName, PRESENT, versionOf } from './managers.ts';
import { publishAll, publishNext, type Universe, writeProject } from './project.ts';
import { openRegistry } from './registry.ts';

const limit = pLimit(2);
const DAY = 1440;
const UNIVERSE: Universe = { packages: { ringed: ['4.1.0', '4.2.0'] } };
const KINDS: Readonly<Partial<Record<ManagerName, { manager: PolicyManager; by: GatingManager }>>> = {
  npm: { manager: 'npm', by: 'npm' },
  pnpm: { manager: 'pnpm', by: 'pnpm' },
  berry: { manager: 'yarn-berry', by: 'yarn' },
  bun: { manager: 'bun', by: 'bun' },
};

describe.concurrent.each(PRESENT.filter((name) => KINDS[name] !== undefined))('%s', (name) => {
  const { manager, by } = KINDS[name]!;

  it('obeys the setting it is given', async () => {
    if (!gte(await versionOf(name), `${FIRST_VERSION[by]}.0`)) return;
    const [setting] = settingsOf(keptFleet([{ manager }]), 0, 8 * DAY).own;
    const texts = { [setting!.file]: settingText(setting!) };
    expect(await limit(() => isTaken(name, 7, texts))).toBe(false);
    expect(await limit(() => isTaken(name, 9, texts))).toBe(true);
    const without = name === 'berry' ? { '.yarnrc.yml': 'npmMinimalAgeGate: 0\n' } : {};
    expect(await limit(() => isTaken(name, 7, without))).toBe(true);
  }, 180_000);
});

/** Whether a new lockfile holds a patch that was published some days ago. */
async function isTaken(manager: ManagerName, days: number, files: Readonly<Record<string, string>>): Promise<boolean> {
  const registry = await openRegistry();
  const directory = mkdtempSync(join(tmpdir(), 'rings-'));
  try {
    publishAll(registry, UNIVERSE);
    writeProject(directory, manager, { projects: { '': { dependencies: { ringed: '^4.1.0' } } } });
    for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
    const next = publishNext(registry, UNIVERSE, 'ringed', '4', new Date(Date.now() - days * DAY * 60_000));
    await lock(manager, directory, registry.url);
    return readFileSync(join(directory, lockfileOf(manager)), 'utf8').includes(next);
  } finally {
    await registry.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Catalogs: ranges that manifests name instead of having them (pnpm-workspace.yaml of pnpm, .yarnrc.yml of Yarn: the
 * settings catalog and catalogs). Lockfiles of Yarn keep the name alone, and pnpm prefers no version that one pins.
 */
import type { CatalogEntry } from '../../graph/policies.ts';
import { entriesOf } from '../../json.ts';
import { own, type PolicyFiles } from './files.ts';

/** Several times what a monorepo has. */
const MOST = 20_000;

export function readCatalogs(files: PolicyFiles): CatalogEntry[] {
  const settings = settingsOf(files);
  if (settings?.state !== 'read') return [];
  const named = entriesOf(own(settings.values, 'catalogs'));
  const entries = [['', own(settings.values, 'catalog')] as const, ...named].flatMap(([catalog, content]) =>
    entriesOf(content).flatMap(([name, range]): CatalogEntry[] =>
      typeof range === 'string' ? [{ catalog: catalog === 'default' ? '' : catalog, name, range }] : [],
    ),
  );
  if (entries.length <= MOST) return entries;
  files.note(settings.file, `more than ${MOST} entries in its catalogs: none of them is used`);
  return [];
}

function settingsOf(files: PolicyFiles) {
  if (files.manager === 'pnpm') return files.settings('pnpm-workspace.yaml');
  return files.manager === 'yarn-berry' ? files.settings('.yarnrc.yml') : undefined;
}

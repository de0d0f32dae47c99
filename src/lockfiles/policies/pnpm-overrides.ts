/**
 * pnpm's overrides: https://pnpm.io/settings#overrides. pnpm 11 and later read them from pnpm-workspace.yaml alone
 * (https://pnpm.io/migration), pnpm 10 from there or else from package.json (`pnpm.overrides`, and Yarn's `resolutions`
 * below them), earlier ones from package.json alone. Selectors as in pnpm's config/parse-overrides.
 */
import type { Override, OverrideParent, OverrideTarget } from '../../graph/policies.ts';
import { own, type PolicyFiles, splitSelector } from './files.ts';
import { inCatalog, type OverrideList, referenced, rootManifest, rulesIn, UNKNOWN } from './override-list.ts';

const WORKSPACE = 'pnpm-workspace.yaml';
/** pnpm spreads them over each other in the opposite order. */
const GROUPS = ['optionalDependencies', 'dependencies', 'devDependencies'];

export function pnpmOverrides(files: PolicyFiles, list: OverrideList): void {
  const manifest = rootManifest(files, list);
  const { major } = files;
  const workspace = files.settings(WORKSPACE);
  if (workspace.state === 'broken') list.complete = false;
  const settings = workspace.state === 'read' ? workspace.values : {};
  const inManifest = new Map([
    ...rulesIn(manifest, 'resolutions', 'package.json', list),
    ...rulesIn(own(manifest, 'pnpm'), 'overrides', 'package.json', list),
  ]);
  const inWorkspace = new Map(rulesIn(settings, 'overrides', WORKSPACE, list));
  const readsWorkspace = major === undefined ? files.format >= 9 : major >= 10;
  if (inWorkspace.size > 0 && !readsWorkspace) {
    files.note(WORKSPACE, 'overrides: pnpm reads them here from version 10 on; this is an earlier one');
  }
  const useWorkspace = inWorkspace.size > 0 && readsWorkspace;
  if (inManifest.size > 0 && major !== undefined && major >= 11) {
    files.note('package.json', 'pnpm.overrides, resolutions: pnpm 11 and later do not read them');
  } else if (inManifest.size > 0 && major === undefined && !useWorkspace) {
    files.note('package.json', 'pnpm.overrides, resolutions: taken as read, which pnpm 11 and later do not do');
  }
  const useManifest = !useWorkspace && (major ?? 0) < 11;
  const file = useWorkspace ? WORKSPACE : 'package.json';
  for (const [selector, value] of useWorkspace ? inWorkspace : useManifest ? inManifest : []) {
    const parsed = parseSelector(selector);
    if (parsed === undefined) {
      list.lose(file, 'overrides: a selector that is no package name');
      continue;
    }
    const to = targetOf(value, parsed.name, (name) => referenced(manifest, name, GROUPS), settings);
    list.add({ ...parsed, anchored: false, to, file });
  }
}

function targetOf(
  value: unknown,
  name: string,
  reference: (name: string) => string | undefined,
  settings: unknown,
): OverrideTarget {
  if (typeof value !== 'string' || value.includes('${')) return UNKNOWN;
  if (value === '-') return { kind: 'removed' };
  const range = value.startsWith('$') ? reference(value.slice(1)) : value;
  const found = range?.startsWith('catalog:') ? inCatalog(settings, range, name) : range;
  return found === undefined || found.startsWith('$') ? UNKNOWN : { kind: 'range', range: found };
}

/** `name`, `name@range`, `parent>name`, `parent@range>name@range`; a `>` of a range has a space, `|` or `@` before it. */
export function parseSelector(selector: string): Pick<Override, 'name' | 'range' | 'parents'> | undefined {
  const at = delimiterIn(selector);
  const target = splitSelector(at === -1 ? selector : selector.slice(at + 1));
  const parent = at === -1 ? undefined : splitSelector(selector.slice(0, at));
  if (!isName(target.name) || (parent && !isName(parent.name))) return undefined;
  const parents: OverrideParent[] = parent
    ? [{ name: parent.name, range: parent.range || undefined, next: 'child' }]
    : [];
  return { name: target.name, range: target.range || undefined, parents };
}

function delimiterIn(selector: string): number {
  for (let at = 1; at < selector.length; at++) {
    if (selector[at] === '>' && !' |@'.includes(selector[at - 1]!)) return at;
  }
  return -1;
}

function isName(name: string): boolean {
  return /^(?:@[^/@>\s]+\/)?[^/@>\s]+$/.test(name) && name.length <= 256;
}

/** pnpm's rules for install scripts, which changed with versions 10 and 11: one variant for each it may be. */
import type { ScriptAnswer, ScriptVariant } from '../../graph/policies.ts';
import { entriesOf } from '../../json.ts';
import { own, type PolicyFiles, stringsOf } from './files.ts';
import { type IniSetting, readIni } from './ini.ts';
import { ALL, flagOf, NONE, OPEN, rulesFor } from './script-rules.ts';

const WORKSPACE = 'pnpm-workspace.yaml';
const RC_KEYS = new Set(['ignore-scripts', 'ignore-dep-scripts', 'dangerously-allow-all-builds']);

interface Sources {
  readonly files: PolicyFiles;
  /** Where a setting of package.json#pnpm or pnpm-workspace.yaml stands, by the version's order. */
  setting(key: string): unknown;
  /** A setting of .npmrc. */
  flag(key: string): boolean | 'unknown';
}

/** The variants of the versions that may be meant: up to 9, 10, and from 11 on. */
export function pnpmVariants(files: PolicyFiles): ScriptVariant[] {
  const { major, format } = files;
  const workspace = files.settings(WORKSPACE);
  const manifest = files.settings('package.json');
  const rc = files.text('.npmrc');
  if (workspace.state === 'broken' || manifest.state === 'broken' || rc.state === 'broken') return [OPEN];
  const inWorkspace = workspace.state === 'read' ? workspace.values : {};
  const inManifest = manifest.state === 'read' ? own(manifest.values, 'pnpm') : {};
  const inRc = rc.state === 'read' ? readIni(rc.text, RC_KEYS) : new Map<string, IniSetting>();
  const flag = (key: string): boolean | 'unknown' => flagOf(inRc.get(key)?.values);
  const variants: ScriptVariant[] = [];
  // The format of pnpm 9 is that of later ones as well.
  const isBefore9 = format < 9;
  const may = (from: number, to: number): boolean => (major === undefined ? true : major >= from && major <= to);
  if (may(0, 9)) variants.push(until9({ files, flag, setting: (key) => own(inManifest, key) }));
  if (isBefore9 && major === undefined) return variants;
  if (may(10, 10)) {
    variants.push(of10({ files, flag, setting: (key) => own(inWorkspace, key) ?? own(inManifest, key) }));
  }
  if (may(11, Number.POSITIVE_INFINITY)) {
    variants.push(from11({ files, flag: () => false, setting: (key) => own(inWorkspace, key) }));
  }
  return variants;
}

function until9({ files, flag, setting }: Sources): ScriptVariant {
  const ignores = [flag('ignore-scripts'), flag('ignore-dep-scripts')];
  if (ignores.includes(true)) return NONE;
  if (ignores.includes('unknown') || setting('onlyBuiltDependenciesFile') !== undefined) return OPEN;
  const only = setting('onlyBuiltDependencies');
  if (only !== undefined && only !== null) return listed(files, only, 'run', 'skip');
  return listed(files, setting('neverBuiltDependencies') ?? [], 'skip', 'run');
}

function of10({ files, flag, setting }: Sources): ScriptVariant {
  const ignores = [setting('ignoreScripts') ?? flag('ignore-scripts'), flag('ignore-dep-scripts')];
  if (ignores.includes(true)) return NONE;
  if (ignores.some((each) => each !== false)) return OPEN;
  const all = setting('dangerouslyAllowAllBuilds') ?? flag('dangerously-allow-all-builds');
  if (all !== false) return all === true ? ALL : OPEN;
  if (setting('onlyBuiltDependenciesFile') !== undefined) return OPEN;
  const only = setting('onlyBuiltDependencies');
  const never = setting('neverBuiltDependencies');
  const allowed = setting('allowBuilds');
  if (never !== undefined && never !== null && only === undefined && allowed === undefined) {
    return listed(files, never, 'skip', 'run');
  }
  const names = entriesOf(allowed).flatMap(([name, value]) => (value === true ? [name] : []));
  if (only === undefined || only === null) return listed(files, names, 'run', 'skip');
  return Array.isArray(only) ? listed(files, [...only, ...names], 'run', 'skip') : OPEN;
}

function from11({ files, setting }: Sources): ScriptVariant {
  const [ignores, all] = [setting('ignoreScripts') ?? false, setting('dangerouslyAllowAllBuilds') ?? false];
  if (ignores === true) return NONE;
  if (ignores !== false || (all !== false && all !== true)) return OPEN;
  if (all) return ALL;
  const allowed = entriesOf(setting('allowBuilds'));
  const named = (answer: boolean): string[] => allowed.flatMap(([name, value]) => (value === answer ? [name] : []));
  const denied = listed(files, named(false), 'skip', 'skip');
  const run = listed(files, named(true), 'run', 'skip');
  if (denied.otherwise === 'unknown' || run.otherwise === 'unknown') return OPEN;
  return { otherwise: 'skip', rules: [...denied.rules, ...run.rules] };
}

/** Names (or exact versions) with one answer, all others with another. A list that cannot be read leaves all open. */
function listed(files: PolicyFiles, value: unknown, answer: ScriptAnswer, otherwise: ScriptAnswer): ScriptVariant {
  const names = stringsOf(value);
  let isClear = names !== undefined && !names.some((name) => name.includes('*') || name.includes('${'));
  const rules = rulesFor(names ?? [], answer, () => {
    isClear = false;
  });
  if (!isClear)
    files.note(WORKSPACE, 'lists of packages that may be built: not all entries are names or exact versions');
  return isClear ? { otherwise, rules } : OPEN;
}

/**
 * How new releases come into a project, as the files beside its lockfile say it: facts of these files, not of the graph.
 * Plain data, which crosses threads. What a user's own or a machine's configuration adds cannot be known.
 */

/** Package managers whose rules count; one owns each kind of lockfile. */
export const POLICY_MANAGERS = ['npm', 'pnpm', 'yarn-classic', 'yarn-berry', 'bun'] as const;
export type PolicyManager = (typeof POLICY_MANAGERS)[number];

/** What the files say of one lockfile. */
export interface Policies {
  readonly overrides: OverrideRules;
  /** In order: of the gates of one keeper that are for a package, the last one counts. */
  readonly gates: readonly ReleaseGate[];
  readonly scripts: ScriptPolicy;
  /** Ranges that its manifests may name by a catalog, where the lockfile does not have them (pnpm, Yarn Berry). */
  readonly catalogs: readonly CatalogEntry[];
  /** What was ignored, or could not be read or decided. */
  readonly notes: readonly PolicyNote[];
}

export interface CatalogEntry {
  /** '' for the default one. */
  readonly catalog: string;
  readonly name: string;
  readonly range: string;
}

export interface PolicyNote {
  /** POSIX, relative to the lockfile's directory. */
  readonly file: string;
  /** 1-based, where known. */
  readonly line: number | undefined;
  /** Names of settings and packages, never a value. */
  readonly message: string;
}

export interface OverrideRules {
  /** Undefined where no package manager owns the lockfile (an SBOM, an installed tree). */
  readonly manager: PolicyManager | undefined;
  /** In the order of the file. */
  readonly rules: readonly Override[];
  /** Whether these are all: false where a file could not be read or holds too many. */
  readonly complete: boolean;
}

/** One rule that replaces what a dependency asks for. */
export interface Override {
  /** The name it is depended on by (the alias where there is one). */
  readonly name: string;
  /** Selector on the declared range, as written; undefined for any. How they compare is the manager's matter. */
  readonly range: string | undefined;
  /** Under what it holds, outermost first; empty for everywhere. */
  readonly parents: readonly OverrideParent[];
  /** Whether the outermost parent must be a direct dependency of the project (Yarn 1: `a/b`, unlike `**` + `/a/b`). */
  readonly anchored: boolean;
  readonly to: OverrideTarget;
  readonly file: string;
}

export interface OverrideParent {
  readonly name: string;
  /** npm: a range that the range asking for the parent meets. pnpm, bun: of its version. Yarn Berry: its reference. */
  readonly range: string | undefined;
  /** Whether what follows (the next parent, in the end the dependency) is its direct dependency or anywhere below. */
  readonly next: 'child' | 'descendant';
}

/**
 * What a dependency becomes: another range or alias, as declared; nothing at all; what it was (a rule that only shadows
 * others); or something the files do not tell.
 */
export type OverrideTarget =
  | { readonly kind: 'range'; readonly range: string }
  | { readonly kind: 'removed' }
  | { readonly kind: 'as-declared' }
  | { readonly kind: 'unknown' };

export const GATE_KEEPERS = ['npm', 'pnpm', 'yarn', 'bun', 'renovate', 'dependabot'] as const;
export type GateKeeper = (typeof GATE_KEEPERS)[number];

/** Someone who takes a release only some time after it was published. */
export interface ReleaseGate {
  /** A bot delays its pull request only: locking again by hand is not held up by it. */
  readonly kind: 'manager' | 'bot';
  readonly by: GateKeeper;
  readonly delay: GateDelay;
  /** Packages it is for; undefined for all. */
  readonly only: readonly NamePattern[] | undefined;
  /** Packages it is not for, of these. */
  readonly exempt: readonly NamePattern[];
  /** '' where it is the keeper's default. */
  readonly file: string;
  readonly line: number | undefined;
}

/**
 * `age`: minutes since publication, 0 for none. `before`: nothing published later than this time (ISO 8601, UTC).
 * `unknown`: there may be a gate, of a length that cannot be told.
 */
export type GateDelay =
  | { readonly kind: 'age'; readonly minutes: number }
  | { readonly kind: 'before'; readonly time: string }
  | { readonly kind: 'unknown' };

/** A pattern of package names. */
export interface NamePattern {
  /** As written, without its negation. */
  readonly text: string;
  /**
   * `exact`: the name. `star`: `*` stands for any characters. `glob`: by segments, `**` for any of them. `unknown`: not
   * decidable (a regular expression, a condition on something other than the name).
   */
  readonly style: 'exact' | 'star' | 'glob' | 'unknown';
  readonly negated: boolean;
  /** Whether upper and lower case are alike. */
  readonly folded: boolean;
  /** False where a match depends on more than the name (a version). */
  readonly sure: boolean;
}

/**
 * Whether install scripts run: one variant per way the package manager may behave (its major is not always known). What
 * all variants agree on holds.
 */
export interface ScriptPolicy {
  readonly variants: readonly ScriptVariant[];
}

export type ScriptAnswer = 'run' | 'skip' | 'unknown';

export interface ScriptVariant {
  /** For packages no rule names. */
  readonly otherwise: ScriptAnswer;
  /** The first that names the package and its version decides. */
  readonly rules: readonly ScriptRule[];
}

export interface ScriptRule {
  /** Exact package name. */
  readonly name: string;
  /** Exact versions; undefined for all. */
  readonly versions: readonly string[] | undefined;
  readonly answer: ScriptAnswer;
}

/**
 * What a dependency really asks for, under the overrides of its project. Each package manager has rules of its own for
 * which override applies; where the graph leaves that open the answer is 'uncertain'. Pure.
 */
import HostedGit from 'hosted-git-info';
import { intersects, satisfies, validRange } from 'semver';
import type { Override, OverrideParent, OverrideRules, OverrideTarget, PolicyManager } from '../../graph/policies.ts';
import { append } from '../../lists.ts';
import { normalRange } from '../../lockfiles/yarn/descriptor.ts';

/** `both`: on some ways from the project down, not on others; also what is not known. */
export type Presence = 'yes' | 'no' | 'both';

/** One dependency, as far as overrides look at it. */
export interface OverriddenEdge {
  /** The name it is depended on by: the alias where there is one. */
  readonly name: string;
  /** As its manifest declares it; undefined where that is not known. */
  readonly range: string | undefined;
  /** The dependent. Version and name are undefined where it has none, as projects may. */
  readonly parent: {
    readonly name: string | undefined;
    readonly version: string | undefined;
    /** Whether the project itself depends on it, and nothing else does: 'both' where others do as well. Default: not known. */
    readonly isDirect?: Presence;
  };
  /**
   * Whether the dependent is, or stands below, a package of this name that (by a range given) is asked for with a range
   * that meets it.
   */
  isAbove(name: string, range: string | undefined): Presence;
}

/**
 * The range or alias that holds instead, as declared in the rule. `removed`: there is no such dependency any more.
 * `as-declared`: no rule changes it. `uncertain`: it depends on the way, or on what is not known.
 */
export type EffectiveRange = { readonly range: string } | 'removed' | 'as-declared' | 'uncertain';

/** Longer ranges are not compared: what they meet costs the product of their alternatives. */
const LONGEST = 512;
/** Where more rules than this could come between, it is not looked which does. */
const MOST_BETWEEN = 64;

/** The overrides of one lockfile, looked up by name. */
export class EffectiveRanges {
  readonly #rules: OverrideRules;
  /** The rules for a name, those first that go before others. */
  readonly #byName = new Map<string, readonly (readonly Override[])[]>();

  constructor(rules: OverrideRules) {
    this.#rules = rules;
    const byName = new Map<string, Override[]>();
    for (const rule of rules.rules) append(byName, rule.name, rule);
    for (const [name, of] of byName) this.#byName.set(name, tiersOf(of, rules.manager));
  }

  /** What one dependency asks for. */
  of(edge: OverriddenEdge): EffectiveRange {
    if (!this.#rules.complete) return 'uncertain';
    const outcomes = new Map<string, EffectiveRange>();
    const add = (to: OverrideTarget): void => {
      const outcome = outcomeOf(to, edge.range);
      outcomes.set(typeof outcome === 'string' ? outcome : `=${outcome.range}`, outcome);
    };
    const isDecided = this.#tiersFor(edge).some((tier) => {
      const certain: Override[] = [];
      for (const rule of tier) {
        const presence = this.#applies(rule, edge);
        if (presence === 'yes') certain.push(rule);
        else if (presence === 'both') add(rule.to);
      }
      for (const rule of this.#chosen(certain)) add(rule.to);
      return certain.length > 0;
    });
    if (!isDecided) add({ kind: 'as-declared' });
    const [only] = outcomes.values();
    return outcomes.size === 1 && only !== undefined ? only : 'uncertain';
  }

  #tiersFor(edge: OverriddenEdge): readonly (readonly Override[])[] {
    const tiers = this.#byName.get(edge.name) ?? [];
    // Below a package of the same name the rule which that one matched comes first for npm, and which it was is not told.
    const isOpen = this.#rules.manager === 'npm' && tiers.length > 1 && edge.isAbove(edge.name, undefined) !== 'no';
    return isOpen ? [tiers.flat()] : tiers;
  }

  /** Of the rules of a tier that apply, the one that wins; all where nothing says which. */
  #chosen(rules: readonly Override[]): readonly Override[] {
    if (this.#rules.manager !== 'pnpm' || rules.length < 2) return rules;
    // As pnpm's createVersionsOverrider sorts them.
    const sorted = [...rules].sort((a, b) => (meetsForPnpm(b.range ?? '', a.range ?? '') === 'no' ? 1 : -1));
    return sorted.slice(0, 1);
  }

  #applies(rule: Override, edge: OverriddenEdge): Presence {
    let selected = this.#selects(rule, edge);
    // Below what a rule matched, npm goes by the rule's name alone where no other rule matches.
    if (selected === 'no' && this.#rules.manager === 'npm') selected = isAbove(rule, edge) ? 'both' : 'no';
    return selected === 'no' ? 'no' : both(selected, this.#isUnder(rule, edge));
  }

  #selects({ range }: Override, edge: OverriddenEdge): Presence {
    if (range === undefined) return 'yes';
    const declared = edge.range;
    if (declared === undefined) return 'both';
    switch (this.#rules.manager) {
      case 'npm':
        return selectsForNpm(range, declared);
      case 'yarn-berry':
        return normalRange(range) === normalRange(declared) ? 'yes' : 'no';
      default:
        return meetsForPnpm(range, declared);
    }
  }

  #isUnder(rule: Override, edge: OverriddenEdge): Presence {
    if (rule.parents.length === 0) return 'yes';
    if (this.#rules.manager === 'npm') return this.#isInContext(rule.parents, edge);
    return this.#rules.manager === 'yarn-classic'
      ? isOnPath(rule, edge)
      : this.#isChildOf(rule.parents[0]!, edge.parent);
  }

  #isChildOf({ name, range }: OverrideParent, parent: OverriddenEdge['parent']): Presence {
    if (parent.name !== name) return 'no';
    if (range === undefined) return 'yes';
    if (this.#rules.manager === 'yarn-berry') {
      const reference = normalRange(range);
      // Other sources than the registry have references that a version does not tell.
      if (!reference.startsWith('npm:') || parent.version === undefined) return 'both';
      return reference === `npm:${parent.version}` ? 'yes' : 'no';
    }
    if (parent.version === undefined || range.length > LONGEST) return 'both';
    return satisfies(parent.version, range) ? 'yes' : 'no';
  }

  /**
   * npm carries one context down the tree: the last rule that an edge matched, with the rules around it. A rule of other
   * parents that matches further down ends it.
   */
  #isInContext(parents: readonly OverrideParent[], edge: OverriddenEdge): Presence {
    const presences = parents.map(({ name, range }) => edge.isAbove(name, range));
    if (presences.includes('no')) return 'no';
    const [parent] = parents;
    if (parents.length > 1 || parent === undefined || presences[0] === 'both') return 'both';
    return this.#isEnded(parent, edge) ? 'both' : 'yes';
  }

  #isEnded(parent: OverrideParent, edge: OverriddenEdge): boolean {
    const mayHold = ({ name, range, parents }: Override): boolean =>
      [...parents, { name, range }].every((each) => edge.isAbove(each.name, each.range) !== 'no');
    const isOther = ({ name, range, parents }: Override): boolean =>
      parents.length > 0 || name !== parent.name || range !== parent.range;
    const rivals = (this.#byName.get(parent.name) ?? []).flat().filter(isOther);
    if (rivals.length > MOST_BETWEEN || rivals.some(mayHold)) return true;
    if (edge.parent.name === parent.name) return false;
    const others = this.#contexts().filter(isOther);
    return others.length > MOST_BETWEEN || others.some(mayHold);
  }

  #contextRules: readonly Override[] | undefined;

  /** The rules that begin a context of their own wherever they match. */
  #contexts(): readonly Override[] {
    this.#contextRules ??= this.#rules.rules.filter(({ parents }) => parents.length === 0);
    return this.#contextRules;
  }
}

/** What a dependency asks for under these overrides. For many dependencies of a lockfile, make one EffectiveRanges. */
export function effectiveRange(rules: OverrideRules, edge: OverriddenEdge): EffectiveRange {
  return new EffectiveRanges(rules).of(edge);
}

/** Rules for one name in tiers: one that applies hides those of later tiers. */
function tiersOf(rules: readonly Override[], manager: PolicyManager | undefined): readonly (readonly Override[])[] {
  const specificity = ({ parents: [parent] }: Override): number => (parent ? (parent.range ? 2 : 1) : 0);
  switch (manager) {
    case 'npm':
      // The innermost context is looked through first, and in each the order of the file holds.
      return [...rules].sort((a, b) => b.parents.length - a.parents.length).map((rule) => [rule]);
    case 'pnpm':
      return [rules.filter(({ parents }) => parents.length > 0), rules.filter(({ parents }) => parents.length === 0)];
    case 'bun':
      return [2, 1, 0].map((wanted) => rules.filter((rule) => specificity(rule) === wanted));
    default:
      return rules.map((rule) => [rule]);
  }
}

function outcomeOf(to: OverrideTarget, declared: string | undefined): EffectiveRange {
  if (to.kind === 'range') return to.range === declared ? 'as-declared' : { range: to.range };
  return to.kind === 'unknown' ? 'uncertain' : to.kind;
}

function isAbove({ name, range }: Override, edge: OverriddenEdge): boolean {
  return edge.isAbove(name, range) !== 'no';
}

function both(a: Presence, b: Presence): Presence {
  return a === 'no' || b === 'no' ? 'no' : a === 'both' ? 'both' : b;
}

/** Yarn 1's glob over the names from the project down to the dependent. */
function isOnPath({ parents, anchored }: Override, { parent, isAbove }: OverriddenEdge): Presence {
  const last = parents.at(-1)!;
  if (last.next === 'child' && parent.name !== last.name) return 'no';
  const presences = parents.map(({ name, range }) => isAbove(name, range));
  if (presences.includes('no')) return 'no';
  // Which of several names stands above which other is more than isAbove tells.
  if (parents.length > 1) return 'both';
  const presence = last.next === 'child' ? 'yes' : presences[0]!;
  if (!anchored) return presence;
  return last.next === 'child' ? (parent.isDirect ?? 'both') : 'both';
}

/** pnpm's isIntersectingRange, which Bun's rule agrees with: the same text, or two ranges that meet. */
function meetsForPnpm(selector: string, declared: string): Presence {
  if (selector === '' || selector === declared) return 'yes';
  if (selector.length > LONGEST || declared.length > LONGEST) return 'both';
  if (validRange(selector) === null || validRange(declared) === null) return 'no';
  return intersects(declared, selector) ? 'yes' : 'no';
}

/** npm's OverrideSet.getEdgeRule: ranges meet; git by its range; a tag, a file or a URL is overridden by any selector. */
function selectsForNpm(selector: string, declared: string): Presence {
  if (selector.length > LONGEST || declared.length > LONGEST) return 'both';
  const alias = /^npm:(?:@[^/@]+\/)?[^/@]+(?:@(.*))?$/.exec(declared);
  const spec = alias ? (alias[1] ?? '*') : declared.startsWith('npm:') ? declared.slice(4) : declared;
  const [, gitRange] = /#semver:(.+)$/.exec(spec) ?? [];
  if (isGit(spec) && gitRange === undefined) return 'no';
  const range = gitRange ?? spec;
  if (validRange(range, true) === null) return 'yes';
  // npm itself fails where the selector is no range.
  return validRange(selector, true) === null ? 'both' : intersects(range, selector, true) ? 'yes' : 'no';
}

/** As npm-package-arg tells git from other sources: by its protocol, or by a known host, also as `user/repository`. */
function isGit(spec: string): boolean {
  return /^git[+:@]/.test(spec) || HostedGit.fromUrl(spec) !== undefined;
}

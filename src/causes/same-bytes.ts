/**
 * Which components count as the same bytes (design, section 2, "same bytes"). Digests that can be compared decide. Where
 * they cannot, components of one registry release (ecosystem, name and version) count as the same: a component with only
 * a sha1 joins each of two artifacts of its release whose sha512 differ.
 */

import { digestsOf } from '../graph/digests.ts';
import type { Component } from '../graph/fleet.ts';
import { append } from '../lists.ts';
import { maximalCliques } from './cliques.ts';
import type { Cause } from './layer.ts';
import { isOwn, packageName } from './package.ts';

export interface SameBytes {
  /** Indexes of the components. */
  readonly components: readonly number[];
  readonly identity: Cause['identity'];
  /** What tells it from every other: its digests, or where it comes from. May hold a URL with credentials. */
  readonly key: string;
}

/** Components that share a digest, directly or through others. */
interface DigestClass {
  readonly components: number[];
  /** The least digest by algorithm. */
  readonly algorithms: Map<string, string>;
  /** The registry releases its components are of. */
  readonly releases: Set<Release>;
}

/** Components of one ecosystem, name and version from a registry. */
interface Release {
  readonly key: string;
  readonly classes: Set<DigestClass>;
  /** Those without a digest that could be compared. */
  readonly bare: number[];
}

/** Real releases have one class, or two where an old lockfile knows only the sha1. */
const MOST_SETS = 64;

export function sameBytes(components: readonly Component[]): SameBytes[] {
  const classOf = digestClasses(components);
  const releases = new Map<string, Release>();
  const elsewhere = new Map<string, number[]>();
  components.forEach((component, c) => {
    const known = classOf.get(c);
    if (component.source === 'registry') addToRelease(releases, `release:${releaseName(component)}`, c, known);
    else if (!known) append(elsewhere, originKey(component), c);
  });
  for (const { key, classes, bare } of releases.values()) if (classes.size === 0) elsewhere.set(key, bare);
  const weak = [...elsewhere].map(([key, members]): SameBytes => ({ key, components: members, identity: 'weak' }));
  return [...families(new Set(classOf.values())).flatMap(candidates), ...weak];
}

function addToRelease(releases: Map<string, Release>, key: string, c: number, known: DigestClass | undefined): void {
  const release = releases.get(key) ?? { key, classes: new Set(), bare: [] };
  releases.set(key, release);
  if (!known) release.bare.push(c);
  else {
    release.classes.add(known);
    known.releases.add(release);
  }
}

/** The class of every component that has a digest. */
function digestClasses(components: readonly Component[]): Map<number, DigestClass> {
  const parent = components.map((_, c) => c);
  const find = (c: number): number => {
    let root = c;
    while (parent[root] !== root) root = parent[root]!;
    for (let at = c; parent[at] !== root; ) [at, parent[at]] = [parent[at]!, root];
    return root;
  };
  const digests = components.map((component) => digestsOf(component.integrity));
  const owner = new Map<string, number>();
  digests.forEach((list, c) => {
    for (const { text } of list) {
      const first = owner.get(text);
      if (first === undefined) owner.set(text, c);
      else parent[find(c)] = find(first);
    }
  });
  const classes = new Map<number, DigestClass>();
  const byRoot = new Map<number, DigestClass>();
  digests.forEach((list, c) => {
    if (list.length === 0) return;
    const root = find(c);
    const known: DigestClass = byRoot.get(root) ?? { components: [], algorithms: new Map(), releases: new Set() };
    byRoot.set(root, known);
    known.components.push(c);
    for (const { algorithm, text } of list) {
      const least = known.algorithms.get(algorithm);
      if (least === undefined || text < least) known.algorithms.set(algorithm, text);
    }
    classes.set(c, known);
  });
  return classes;
}

/** Classes connected by releases; one class each, except where digests of a release differ or cannot be compared. */
function families(classes: ReadonlySet<DigestClass>): DigestClass[][] {
  const seen = new Set<DigestClass>();
  const passed = new Set<Release>();
  return [...classes].flatMap((first) => {
    if (seen.has(first)) return [];
    seen.add(first);
    const family = [first];
    for (const { releases } of family) {
      for (const release of releases) {
        if (passed.has(release)) continue;
        passed.add(release);
        for (const other of release.classes) {
          if (seen.has(other)) continue;
          seen.add(other);
          family.push(other);
        }
      }
    }
    return [family];
  });
}

/**
 * The sets of classes that may be one and the same bytes, each with the components without a digest of its releases.
 * Where a hostile fleet has too many, each class by itself and all of them together: reach is never understated.
 */
function candidates(family: readonly DigestClass[]): SameBytes[] {
  if (haveOneAlgorithm(family) && bareOf(family).length === 0) return family.map((known) => joined([known], []));
  const sets = family.length > MOST_SETS ? undefined : maximalCliques(family, mayBeSame, MOST_SETS);
  if (sets) return sets.map((set) => joined(set, bareOf(set)));
  return [...family.map((known) => joined([known], [])), joined(family, bareOf(family))];
}

function joined(classes: readonly DigestClass[], bare: readonly number[]): SameBytes {
  return {
    key: classes.map(classKey).sort().join(' '),
    components: [...classes.flatMap((known) => known.components), ...bare],
    identity: classes.length === 1 && bare.length === 0 ? 'exact' : 'assumed',
  };
}

function bareOf(classes: readonly DigestClass[]): number[] {
  const releases = new Set(classes.flatMap((known) => [...known.releases]));
  return [...releases].flatMap((release) => release.bare);
}

function haveOneAlgorithm(classes: readonly DigestClass[]): boolean {
  const algorithms = [...classes[0]!.algorithms.keys()];
  return algorithms.some((algorithm) => classes.every((other) => other.algorithms.has(algorithm)));
}

/** Of one release and without an algorithm in common; within one algorithm equal digests are one class already. */
function mayBeSame(a: DigestClass, b: DigestClass): boolean {
  for (const algorithm of a.algorithms.keys()) if (b.algorithms.has(algorithm)) return false;
  for (const release of a.releases) if (b.releases.has(release)) return true;
  return false;
}

const STRENGTH = ['sha512', 'sha384', 'sha256', 'sha224', 'sha1', 'md5'];

function classKey({ algorithms }: DigestClass): string {
  const strongest = STRENGTH.find((algorithm) => algorithms.has(algorithm))!;
  return algorithms.get(strongest)!;
}

function releaseName(component: Component): string {
  return JSON.stringify([packageName(component), component.version ?? '']);
}

// A commit names its content, whichever URL form it is cloned by; a directory of one's own is the same one, whether it is
// a workspace here or a link from there.
function originKey(component: Component): string {
  const { source, name, version, resolved } = component;
  const commit = source === 'git' ? /#([0-9a-f]{40})$/.exec(resolved ?? '')?.[1] : undefined;
  if (commit !== undefined) return `commit:${name}#${commit}`;
  if (resolved !== undefined) return `${isOwn(component) ? 'own' : source}:${resolved}`;
  return `nowhere:${JSON.stringify([source, name, version ?? ''])}`;
}

/** Snapshots to one fleet: that of the one run, or of all shards together, as if it had been read at once. */

import { type Config, parseConfig } from '../config/load.ts';
import type { Diagnostic } from '../diagnostics.ts';
import {
  type ComponentEvidence,
  type Evidence,
  everyKind,
  STRENGTHS,
  strengthOf,
  type Trust,
} from '../evidence/evidence.ts';
import { subjectsOf } from '../evidence/subjects.ts';
import { Fleet } from '../graph/fleet.ts';
import { NONE } from '../graph/model.ts';
import { Translation } from '../graph/translation.ts';
import { append } from '../lists.ts';
import type { NodePlaces } from '../locate.ts';
import type { Place } from '../lockfiles/places/index.ts';
import { compareTexts } from '../order.ts';
import { type KeptRepository, repositoriesKept } from '../sources/kept.ts';
import type { Origin, Remark } from '../sources/origin.ts';
import type { Repositories } from '../sources/repositories.ts';
import { digestOf } from '../sources/slice.ts';
import { rowOf } from './evidence-rows.ts';
import type { Stored, StoredRemark } from './read.ts';
import type { StoredLockfile } from './read-lockfiles.ts';
import { double, shardsOf } from './which-shards.ts';

export interface Joined {
  readonly fleet: Fleet;
  /** Mode `off` where nothing was looked for in any of them. */
  readonly evidence: Evidence;
  readonly origin: Origin;
  readonly places: NodePlaces;
  readonly repositories: Repositories;
}

interface Placed extends StoredLockfile {
  /** Index into the snapshots. */
  readonly from: number;
}

/**
 * Joins snapshots. Shards of one scan come together in the order of that scan, other snapshots in the order of their paths.
 * The columns of the lockfiles are taken over: the snapshots cannot be used again.
 *
 * @param joined whether they are to be all there is, even where it is only one
 * @throws UsageError SNAPSHOT_INVALID where two hold the same lockfile
 */
export function joinSnapshots(snapshots: readonly Stored[], joined = false): Joined {
  const isOneScan = new Set(snapshots.map(({ info }) => info.digest)).size === 1;
  const placed = inOrder(snapshots, isOneScan);
  const fleet = new Fleet();
  const translations = snapshots.map(({ dictionary }) => {
    const translation = new Translation();
    translation.learn(dictionary);
    return translation;
  });
  for (const { from, lockfile } of placed) {
    if (lockfile.kind === 'unread') fleet.addUnread(lockfile.path);
    else fleet.adopt(lockfile, translations[from]!);
  }
  const [only] = snapshots;
  const paths = placed.map(({ lockfile }) => lockfile.path);
  const origin: Origin = {
    digest: isOneScan && only ? only.info.digest : digestOf([paths]),
    places: isOneScan && only ? only.info.places : placed.length,
    readAt: snapshots.map(({ readAt }) => readAt).reduce((first, at) => (at < first ? at : first)),
    shards: shardsOf(snapshots, isOneScan, joined),
    positions: isOneScan ? placed.map(({ position }) => position) : [...paths.keys()],
    remarks: remarksOf(snapshots, placed, isOneScan),
  };
  const evidence = evidenceOf(fleet, snapshots, translations);
  return { fleet, evidence, origin, places: placesOf(placed), repositories: repositoriesOf(snapshots) };
}

function placesOf(placed: readonly Placed[]): NodePlaces {
  return (lockfile, nodes) => {
    const { line: lines, column: columns } = placed[lockfile]!;
    const places = new Map<number, Place>();
    for (const node of nodes) {
      const [line, column] = [lines[node]!, columns[node]!];
      if (line > 0 && column > 0) places.set(node, { line, column });
    }
    return places;
  };
}

/** Of one that two shards have read at different commits the first counts. */
function repositoriesOf(snapshots: readonly Stored[]): Repositories {
  const found = new Map<string, KeptRepository>();
  for (const { repositories } of snapshots) {
    for (const repository of repositories) {
      const key = JSON.stringify([repository.name, repository.start, repository.inside]);
      if (!found.has(key)) found.set(key, repository);
    }
  }
  const all = [...found.values()];
  // A shard in which nothing of it fell knows its name alone.
  const isKnown = ({ start, inside }: KeptRepository): boolean => start !== '' || inside !== '';
  const known = new Set(all.filter(isKnown).map(({ name }) => name));
  return repositoriesKept(all.filter((repository) => isKnown(repository) || !known.has(repository.name)));
}

function inOrder(snapshots: readonly Stored[], isOneScan: boolean): Placed[] {
  const all = snapshots.flatMap(({ lockfiles }, from) => lockfiles.map((stored): Placed => ({ ...stored, from })));
  // What is of one repository shares a place, and keeps its order.
  if (isOneScan) all.sort((a, b) => a.position - b.position);
  else all.sort((a, b) => compareTexts(a.lockfile.path, b.lockfile.path));
  for (const [at, { from, position, lockfile }] of all.entries()) {
    const next = all[at + 1];
    const isSame = next && (isOneScan ? next.position === position : next.lockfile.path === lockfile.path);
    if (isSame && next.from !== from) throw double(snapshots[next.from]!, lockfile.path, snapshots[from]!);
  }
  return isOneScan ? firstOfEachPath(all) : all;
}

/** A repository that a scan met under two names may be in two of its shards: it counts at the first. */
function firstOfEachPath(placed: readonly Placed[]): Placed[] {
  const paths = new Set<string>();
  return placed.filter(({ lockfile }) => !paths.has(lockfile.path) && paths.add(lockfile.path));
}

/** Remarks of finding first, then those of the lockfiles in their order. */
function remarksOf(snapshots: readonly Stored[], placed: readonly Placed[], isOneScan: boolean): Remark[] {
  const keyed = snapshots.map(({ remarks }) => remarks.filter(isOfInput));
  const source = keyed.flatMap((remarks) => remarks.filter(({ phase }) => phase === 'source'));
  const sorted = isOneScan
    ? source.sort((a, b) => a.position - b.position)
    : source
        .sort((a, b) => compareTexts(a.diagnostic.file, b.diagnostic.file))
        .map((remark, position) => ({ ...remark, position }));
  const read = keyed.map((remarks) => {
    const byPlace = new Map<number, Remark[]>();
    for (const remark of remarks) if (remark.phase === 'read') append(byPlace, remark.position, remark);
    return byPlace;
  });
  const inside = placed.flatMap(({ from, position }, at) => {
    const remarks = read[from]!.get(position) ?? [];
    // Those of a repository stand together, where its first lockfile does.
    read[from]!.delete(position);
    return remarks.map((remark) => ({ ...remark, position: isOneScan ? position : at }));
  });
  const configs = keyed.flatMap((remarks) => remarks.filter(({ phase }) => phase === 'config'));
  return [...sorted, ...inside, ...configs.map((remark, position) => ({ ...remark, position }))];
}

function isOfInput(remark: StoredRemark): remark is Remark {
  return remark.phase !== 'evidence';
}

function evidenceOf(fleet: Fleet, snapshots: readonly Stored[], translations: readonly Translation[]): Evidence {
  const asked = snapshots.filter(({ info }) => info.mode !== 'off');
  const components = new Array<ComponentEvidence>(fleet.componentCount).fill(everyKind('not-asked'));
  const found: ComponentEvidence[][] = Array.from({ length: fleet.componentCount }, () => []);
  for (const [at, { evidence }] of snapshots.entries()) {
    const { componentIds } = translations[at]!;
    for (const [foreign, verdicts] of evidence.entries()) {
      const own = componentIds[foreign]!;
      if (own !== NONE) found[own]!.push(verdicts);
    }
  }
  const { packages } = asked.length === 0 ? { packages: [] } : subjectsOf(fleet, () => '');
  const subjects = packages.flatMap(({ targets }) => targets.map((target) => target.components));
  for (const [c, own] of found.entries()) components[c] = agreed(own) ?? components[c]!;
  // What is known of a release is one thing, whichever of its components a run has met.
  for (const subject of subjects) {
    const one = agreed(subject.flatMap((c) => found[c]!.filter(isOfRelease)));
    if (one) for (const c of subject) components[c] = one;
  }
  return {
    mode: asked.some(({ info }) => info.mode === 'online') ? 'online' : asked.length > 0 ? 'offline' : 'off',
    components,
    trust: trustOf(asked.flatMap(({ info }) => (info.trust ? [info.trust] : []))),
    requests: asked.reduce((sum, { info }) => sum + info.requests, 0),
    diagnostics: withoutDoubles(snapshots.flatMap(({ remarks }) => remarks.filter((remark) => !isOfInput(remark)))),
  };
}

/** A run that has met a release inside of another's tarball alone could say nothing of it. */
function isOfRelease({ verdicts }: ComponentEvidence): boolean {
  return verdicts.signature.reason !== 'bundled';
}

function agreed(found: readonly ComponentEvidence[]): ComponentEvidence | undefined {
  const [first, ...others] = found;
  return first && others.reduce(weaker, first);
}

/** Where two runs found different things of the same bytes, what vouches for less counts, whoever is asked first. */
function weaker(a: ComponentEvidence, b: ComponentEvidence): ComponentEvidence {
  if (a === b) return a;
  const strength = STRENGTHS.indexOf(strengthOf(a)) - STRENGTHS.indexOf(strengthOf(b));
  return (strength || compareTexts(JSON.stringify(rowOf(a)), JSON.stringify(rowOf(b)))) <= 0 ? a : b;
}

/** What the oldest run trusted, and the registries of all. */
function trustOf(all: readonly Trust[]): Trust | undefined {
  const byAge = [...all].sort((a, b) => compareTexts(a.clock, b.clock));
  const [oldest] = byAge;
  if (oldest === undefined) return undefined;
  const registries = new Map<string, Trust['registries'][number]>();
  for (const trust of byAge) {
    for (const registry of trust.registries) if (!registries.has(registry.url)) registries.set(registry.url, registry);
  }
  return {
    clock: oldest.clock,
    root: byAge.find(({ root }) => root !== undefined)?.root,
    registries: [...registries.values()].sort((a, b) => compareTexts(a.url, b.url)),
  };
}

function withoutDoubles(remarks: readonly StoredRemark[]): Diagnostic[] {
  const seen = new Map(remarks.map(({ diagnostic }) => [JSON.stringify(diagnostic), diagnostic]));
  return [...seen.values()];
}

/** The config that a snapshot was made with; undefined where it had none. */
export async function configOf({ file, info }: Stored): Promise<Config | undefined> {
  if (info.config === undefined) return undefined;
  const { file: shown, document, places } = info.config;
  const config = await parseConfig(document, shown === undefined ? file : `${file}: ${shown}`);
  return {
    ...config,
    file: shown,
    locate: (path) => {
      const [section, at] = path;
      const place = section === 'ignore' && typeof at === 'number' ? places[at] : undefined;
      return place ?? { file: shown ?? '', line: 1, column: 1 };
    },
  };
}

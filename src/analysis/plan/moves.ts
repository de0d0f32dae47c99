/**
 * Moving a member of a redundant system to another release line of a package: other bytes, and another next patch. Which
 * version that is, is open (hypothetical): it is one that nobody has yet, the same for all who move, and it stays with the
 * dependencies that are locked now, because those of another version are not known. Pure.
 */
import { createHash } from 'node:crypto';
import parse from 'semver/functions/parse.js';
import { closureOf } from '../../graph/closure.ts';
import type { Fleet } from '../../graph/fleet.ts';
import { NODE_FLAGS } from '../../graph/model.ts';
import { append } from '../../lists.ts';
import type { Best, Kind, Limits } from './candidates.ts';
import type { Draft, Move } from './edit.ts';
import { type Ground, harmOf, isRedundant, Savings, useOf } from './ground.ts';
import { releasesOf } from './needs.ts';

/** Layers in which another version is another cause. */
const LAYERS = new Set(['artifact', 'release']);

export const MOVES: Kind = {
  offer(ground: Ground, best: Best): void {
    const lines = new OtherLines(ground.audit.fleet);
    for (const { lockfile, component, uses, most } of movable(ground)) {
      if (!best.isOpen(most, 1)) continue;
      const savings = new Savings(ground.losses);
      for (const { cause, service, use, isAlone } of uses) if (isAlone) savings.add(cause, service, use);
      if (!best.isOpen(savings.atMost(), 1)) continue;
      const gain = savings.total();
      if (!best.isOpen(gain, 1)) continue;
      const { name, version } = ground.audit.fleet.component(component);
      const to = lines.of(name);
      const services = [...new Set(uses.map(({ service }) => service))];
      const harm =
        harmOf(ground, 'artifact', `artifact:npm/${name}@${to}`, services) +
        harmOf(ground, 'release', `release:npm/${name}@^${parse(to)!.major}`, services);
      best.offer(gain - harm, 1, () => [{ kind: 'move', lockfile, name, version: version!, to }]);
    }
  },

  limit(ground: Ground, limits: Limits): void {
    for (const { lockfile, uses } of movable(ground)) {
      let sum = 0;
      for (const { use, cause, isAlone } of uses)
        if (limits.touch(use, cause, isAlone ? 1 : undefined)) sum += ground.losses.most[use]!;
      limits.offer(lockfile, sum);
    }
  },
};

interface Movable {
  readonly lockfile: number;
  /** The first of its name and version: all of them move. */
  readonly component: number;
  /** `isAlone`: the service holds the cause by this release alone. */
  readonly uses: readonly {
    readonly use: number;
    readonly cause: number;
    readonly service: number;
    readonly isAlone: boolean;
  }[];
  readonly most: number;
}

/** Releases from npm's registries in the lockfiles of redundant services; not what ships in the archive of another. */
function* movable(ground: Ground): Iterable<Movable> {
  const { audit, layers, losses, joined, needs, servicesOf } = ground;
  const counted = layers.flatMap(({ table }, at) =>
    LAYERS.has(table.layer) ? [{ from: losses.offsets[at]!, to: losses.offsets[at + 1]! }] : [],
  );
  if (counted.length === 0) return;
  const isCounted = (cause: number): boolean => counted.some(({ from, to }) => cause >= from && cause < to);
  const releaseOf = releasesOf(audit.fleet);
  for (const [lockfile, services] of servicesOf) {
    if (!services.some((service) => isRedundant(ground, service))) continue;
    const bundled = new Set([...bundledIn(audit.fleet, lockfile)].map((component) => releaseOf[component]!));
    const byRelease = new Map<number, Movable['uses'][number][]>();
    for (const service of services) {
      const { causes, holder } = needs.services[service]!;
      const holderOf = new Map([...causes].map((cause, at) => [cause, holder[at]!]));
      const held = new Map<number, Set<number>>();
      for (const component of heldBy(ground, service)) {
        const of = held.get(releaseOf[component]!) ?? new Set();
        held.set(releaseOf[component]!, of);
        for (let m = joined.start[component]!; m < joined.start[component + 1]!; m++) of.add(joined.members[m]!);
      }
      for (const [cause, release] of holderOf) if (release !== -1 && isEdge(cause)) held.get(release)?.add(cause);
      for (const [release, of] of held) {
        for (const cause of of) {
          const use = isCounted(cause) && losses.lost[cause]! > 0 ? useOf(ground, cause, service) : -1;
          if (use !== -1) append(byRelease, release, { use, cause, service, isAlone: holderOf.get(cause) === release });
        }
      }
    }
    for (const [component, uses] of byRelease) {
      const { ecosystem, source, version } = audit.fleet.component(component);
      if (bundled.has(component) || ecosystem !== 'npm' || source !== 'registry' || version === undefined) continue;
      if (parse(version) === null) continue;
      yield { lockfile, component, uses, most: uses.reduce((sum, { use }) => sum + losses.most[use]!, 0) };
    }
  }
  function isEdge(cause: number): boolean {
    return layers.some(
      ({ table }, at) => table.ofEdges !== undefined && cause >= losses.offsets[at]! && cause < losses.offsets[at + 1]!,
    );
  }
}

/** Distinct components that a service holds in the scope. */
function heldBy({ audit }: Ground, service: number): Set<number> {
  const { lockfile: at, project } = audit.services[service]!;
  const lockfile = audit.fleet.lockfiles[at]!;
  const { nodes, runtime, own } = closureOf(lockfile, project);
  const late = new Set<number>();
  for (const node of nodes) if (runtime[node] && !own.has(node)) late.add(lockfile.component[node]!);
  if (audit.scope === 'runtime') return late;
  const all = new Set([...nodes].filter((node) => !own.has(node)).map((node) => lockfile.component[node]!));
  if (audit.scope === 'build') for (const component of late) all.delete(component);
  return all;
}

function bundledIn(fleet: Fleet, at: number): Set<number> {
  const { component, flags } = fleet.lockfiles[at]!;
  return new Set([...component].filter((_, node) => flags[node]! & NODE_FLAGS.bundled));
}

/** A version of a line that no lockfile has. As a prerelease it is taken by no range that does not ask for its line. */
class OtherLines {
  readonly #highest = new Map<string, number>();

  constructor(fleet: Fleet) {
    for (let c = 0; c < fleet.componentCount; c++) {
      const { name, version, ecosystem } = fleet.component(c);
      const parsed = ecosystem === 'npm' && version !== undefined && !isHypothetical(version) ? parse(version) : null;
      if (parsed) this.#highest.set(name, Math.max(parsed.major, this.#highest.get(name) ?? 0));
    }
  }

  of(name: string): string {
    return `${(this.#highest.get(name) ?? 0) + 1}.0.0-${MADE_UP}`;
  }
}

const MADE_UP = 'another-line';

/** Whether a version is one that a plan made up. */
function isHypothetical(version: string): boolean {
  return version.endsWith(`.0.0-${MADE_UP}`);
}

/** Puts another release in place of one, with bytes of its own, and has all that need it ask for its line. */
export function move(draft: Draft, { lockfile, name, version, to }: Move): void {
  const { component, edgeTo, edgeName, edgeRange } = draft.fleet.lockfiles[lockfile]!;
  const digest = createHash('sha512').update(`${name}@${to}`).digest('base64');
  const moved = new Map<number, number>();
  for (const id of new Set(component)) {
    const held = draft.fleet.component(id);
    if (held.ecosystem !== 'npm' || held.source !== 'registry' || held.name !== name || held.version !== version)
      continue;
    moved.set(id, draft.derive(id, { version: to, integrity: `sha512-${digest}` }));
  }
  const { strings } = draft.fleet;
  const range = strings.id(`^${to}`);
  const aliased = strings.id(`npm:${name}@^${to}`);
  const rangeOf = (edge: number): number => (strings.text(edgeName[edge]!) === name ? range : aliased);
  draft.change(lockfile, {
    component: component.map((id) => moved.get(id) ?? id),
    edgeRange: edgeRange.map((id, edge) =>
      edgeTo[edge]! >= 0 && moved.has(component[edgeTo[edge]!]!) ? rangeOf(edge) : id,
    ),
  });
}

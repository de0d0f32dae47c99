/**
 * A naive twin of the analysis core, written from docs/semantics.md alone: sets of texts, a fresh depth-first search per
 * question, enumeration of subsets, exact fractions. Slow and short on purpose; it shares no code with src/.
 */

export interface TwinNode {
  readonly ecosystem: string;
  readonly name: string;
  readonly version?: string | undefined;
  readonly source: 'registry' | 'git' | 'url' | 'file' | 'link' | 'workspace';
  readonly integrity?: string | undefined;
  readonly resolved?: string | undefined;
}

export interface TwinEdge {
  readonly from: number;
  /** undefined: the lockfile holds no target. */
  readonly to: number | undefined;
  readonly kind: 'prod' | 'dev' | 'optional' | 'peer' | 'peerOptional';
}

export interface TwinLockfile {
  readonly path: string;
  readonly nodes: readonly TwinNode[];
  readonly edges: readonly TwinEdge[];
  /** path '' is the root. */
  readonly projects: readonly { readonly node: number; readonly path: string }[];
}

export type TwinScope = 'all' | 'runtime' | 'build';

export interface TwinService {
  readonly lockfile: TwinLockfile;
  /** Path of the project. */
  readonly project: string;
  /** Weights are counted in tenths, so that sums are exact. */
  readonly tenths: number;
}

export interface TwinSystem {
  /** Indexes of services. */
  readonly members: readonly number[];
  readonly need: number;
  readonly tenths: number;
}

/** What one cause does. Sets of components are named by `keyOf` of each component, sorted, one per line. */
export interface TwinCause {
  readonly members: string;
  readonly reach: readonly number[];
  readonly runtimeReach: readonly number[];
  readonly buildReach: readonly number[];
  readonly direct: readonly number[];
  readonly load: Fraction;
  readonly lost: readonly number[];
  readonly lostTenths: number;
  readonly weightedReachTenths: number;
}

export interface Fraction {
  readonly over: bigint;
  readonly under: bigint;
}

// --- services -----------------------------------------------------------------------------------------------------

/** Paths of the projects that are services by default. */
export function twinServices(lockfile: TwinLockfile): Set<string> {
  const workspaces = lockfile.projects.filter((project) => project.path !== '');
  if (workspaces.length === 0) return new Set(lockfile.projects.map((project) => project.path));
  const needs = (a: string, b: string) => {
    const node = (path: string) => workspaces.find((workspace) => workspace.path === path)!.node;
    const leadsTo = (to: number | undefined) =>
      to === node(b) || (to !== undefined && isSameDirectory(lockfile, to, node(b)));
    return a !== b && lockfile.edges.some((edge) => edge.from === node(a) && leadsTo(edge.to));
  };
  const paths = workspaces.map((workspace) => workspace.path);
  const below = new Map(
    paths.map((path) => [path, reachable([path], (from) => paths.filter((to) => needs(from, to)))]),
  );
  const above = (path: string) => paths.filter((other) => below.get(other)!.has(path));
  return new Set(paths.filter((path) => above(path).every((other) => below.get(path)!.has(other))));
}

function isSameDirectory(lockfile: TwinLockfile, a: number, b: number): boolean {
  const [x, y] = [partsOf(keyOf(lockfile, a)), partsOf(keyOf(lockfile, b))];
  return x.own && y.own && x.place !== null && x.place === y.place;
}

function reachable<T>(starts: readonly T[], next: (from: T) => readonly T[]): Set<T> {
  const seen = new Set<T>(starts);
  for (const from of seen) for (const to of next(from)) seen.add(to);
  return seen;
}

// --- what a service holds -----------------------------------------------------------------------------------------

const asked = new WeakMap<TwinService, Record<TwinScope, Set<string>>>();

/** Components of a service by scope: `runtime` and `build` never overlap, `all` is both. */
export function twinComponents(service: TwinService): Record<TwinScope, Set<string>> {
  const known = asked.get(service) ?? componentsOf(service);
  asked.set(service, known);
  return known;
}

function componentsOf(service: TwinService): Record<TwinScope, Set<string>> {
  const { lockfile } = service;
  const keys = (nodes: Iterable<number>) =>
    new Set([...nodes].filter((node) => !isOwn(service, node)).map((node) => keyOf(lockfile, node)));
  const runtime = keys(runtimeNodes(service));
  const all = keys(allNodes(service));
  return { all, runtime, build: new Set([...all].filter((key) => !runtime.has(key))) };
}

function startOf({ lockfile, project }: TwinService): number {
  return lockfile.projects.find((candidate) => candidate.path === project)!.node;
}

function rootOf({ lockfile }: TwinService): number[] {
  return lockfile.projects.filter((project) => project.path === '').map((project) => project.node);
}

function isOwn(service: TwinService, node: number): boolean {
  return node === startOf(service) || rootOf(service).includes(node);
}

function targets(lockfile: TwinLockfile, from: number, dev: boolean): number[] {
  return lockfile.edges.flatMap((edge) =>
    edge.from === from && edge.to !== undefined && (dev || edge.kind !== 'dev') ? [edge.to] : [],
  );
}

function runtimeNodes(service: TwinService): Set<number> {
  return reachable([startOf(service)], (node) => targets(service.lockfile, node, false));
}

function allNodes(service: TwinService): Set<number> {
  return reachable([startOf(service), ...rootOf(service)], (node) => targets(service.lockfile, node, true));
}

/** A component as text: ecosystem, name, version, source, integrity, and where it comes from. */
export function keyOf(lockfile: TwinLockfile, node: number): string {
  const { ecosystem, name, version, source, integrity, resolved } = lockfile.nodes[node]!;
  const own = source === 'workspace' || source === 'file' || source === 'link';
  const place = own && resolved !== undefined ? fromScanRoot(lockfile.path, resolved) : resolved;
  return JSON.stringify([ecosystem, name, version ?? null, source, integrity ?? null, place ?? null]);
}

interface Parts {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | null;
  readonly source: string;
  readonly place: string | null;
  readonly own: boolean;
  readonly digests: readonly string[];
}

const parsed = new Map<string, Parts>();

function partsOf(key: string): Parts {
  const known = parsed.get(key);
  if (known) return known;
  const [ecosystem, name, version, source, integrity, place] = JSON.parse(key);
  const own = ['workspace', 'file', 'link'].includes(source);
  const parts = { ecosystem, name, version, source, place, own, digests: digestsOf(integrity ?? '') };
  parsed.set(key, parts);
  return parts;
}

function fromScanRoot(lockfile: string, path: string): string {
  const directory = lockfile.split('/').slice(0, -1);
  const steps = [...directory];
  for (const step of path.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.length > 0) steps.pop();
    else return `${directory.join('/') || '.'}:${path}`;
  }
  return steps.join('/') || '.';
}

// --- causes -------------------------------------------------------------------------------------------------------

/** Layer package: sets of components under one name; first-party ones under one directory. */
export function twinPackages(keys: readonly string[]): Set<string>[] {
  const nameOf = (key: string) => {
    const { own, ecosystem, name, place } = partsOf(key);
    return JSON.stringify(own ? ['own', place ?? name] : ['package', ecosystem, name]);
  };
  return [...new Set(keys.map(nameOf))].map((name) => new Set(keys.filter((key) => nameOf(key) === name)));
}

/** Layer artifact: sets of components that count as the same bytes. */
export function twinArtifacts(keys: readonly string[]): { members: Set<string>; identity: string }[] {
  const withDigest = keys.filter((key) => digests(key).length > 0);
  const classes = [...partition(withDigest, (a, b) => digests(a).some((digest) => digests(b).includes(digest)))];
  const bare = keys.filter((key) => digests(key).length === 0);

  const ofRegistry = maximalSets(classes, (a, b) => shareRelease(a, b) && !comparable(a, b)).map((set) => {
    const known = set.flatMap((member) => [...member]);
    const assumed = bare.filter((key) => known.some((other) => sameRelease(key, other)));
    return {
      members: new Set([...known, ...assumed]),
      identity: set.length + assumed.length > 1 ? 'assumed' : 'exact',
    };
  });
  const alone = bare.filter((key) => !withDigest.some((other) => sameRelease(key, other)));
  const weak = [...partition(alone, (a, b) => sameRelease(a, b) || sameOrigin(a, b))];
  return [...ofRegistry, ...weak.map((members) => ({ members, identity: 'weak' }))];
}

const DIGEST_BYTES = new Map([
  ['md5', 16],
  ['sha1', 20],
  ['sha224', 28],
  ['sha256', 32],
  ['sha384', 48],
  ['sha512', 64],
]);

function digestsOf(integrity: string): string[] {
  const tokens = integrity.split(' ').map((token) => token.replace(/\?.*/, ''));
  return tokens.filter((token) => {
    const [algorithm, base64] = token.split(/-(.*)/);
    return base64 !== undefined && DIGEST_BYTES.get(algorithm!) === Buffer.from(base64, 'base64').length;
  });
}

function digests(key: string): readonly string[] {
  return partsOf(key).digests;
}

function comparable(a: Set<string>, b: Set<string>): boolean {
  const algorithms = (set: Set<string>) => [...set].flatMap(digests).map((digest) => digest.split('-')[0]!);
  return algorithms(a).some((algorithm) => algorithms(b).includes(algorithm));
}

function sameRelease(a: string, b: string): boolean {
  const [x, y] = [partsOf(a), partsOf(b)];
  return (
    x.source === 'registry' &&
    y.source === 'registry' &&
    x.ecosystem === y.ecosystem &&
    x.name === y.name &&
    x.version === y.version
  );
}

function shareRelease(a: Set<string>, b: Set<string>): boolean {
  return [...a].some((x) => [...b].some((y) => sameRelease(x, y)));
}

/** Without a digest: one directory of one's own, one commit of a package, one URL; without a place, name and version. */
function sameOrigin(a: string, b: string): boolean {
  const [x, y] = [partsOf(a), partsOf(b)];
  if (x.own !== y.own || x.source === 'registry' || y.source === 'registry') return false;
  const commit = (place: string | null) => place?.match(/#([0-9a-f]{40})$/)?.[1];
  if (x.source === 'git' && y.source === 'git' && commit(x.place) !== undefined) {
    return commit(x.place) === commit(y.place) && x.name === y.name;
  }
  if (x.place === null || y.place === null) {
    return x.place === y.place && x.source === y.source && x.name === y.name && x.version === y.version;
  }
  return x.place === y.place && (x.own || x.source === y.source);
}

/** Items joined while any two of a part are the same. */
function partition(items: readonly string[], same: (a: string, b: string) => boolean): Set<Set<string>> {
  const part = (item: string) => reachable([item], (from) => items.filter((to) => same(from, to)));
  const parts = items.map(part);
  return new Set(new Map(parts.map((set) => [[...set].sort().join('\n'), set])).values());
}

/** Every set of items that fit pairwise and to which none can be added. */
export function maximalSets<T>(items: readonly T[], fits: (a: T, b: T) => boolean): T[][] {
  const all: T[][] = [[]];
  for (const item of items) {
    for (const set of [...all]) if (set.every((other) => fits(item, other))) all.push([...set, item]);
  }
  return all.filter(
    (set) => set.length > 0 && items.every((item) => set.includes(item) || !set.every((other) => fits(item, other))),
  );
}

// --- what a cause does --------------------------------------------------------------------------------------------

/** Reach, load and lost systems of one cause, or undefined where it reaches nobody in the scope. */
export function twinCause(
  members: ReadonlySet<string>,
  services: readonly TwinService[],
  systems: readonly TwinSystem[],
  scope: TwinScope,
): TwinCause | undefined {
  const holding = (of: TwinScope) =>
    services.flatMap((service, index) =>
      [...twinComponents(service)[of]].some((key) => members.has(key)) ? [index] : [],
    );
  if (holding(scope).length === 0) return undefined;
  const isItself = (service: TwinService) => members.has(keyOf(service.lockfile, startOf(service)));
  const orItself = (holders: readonly number[]) =>
    services.flatMap((service, index) => (holders.includes(index) || isItself(service) ? [index] : []));
  const reach = scope === 'build' ? holding(scope) : orItself(holding(scope));
  const onlyItself = (index: number) => !holding(scope).includes(index);
  const lost = systems.flatMap((system, index) =>
    system.members.filter((member) => !reach.includes(member)).length < system.need ? [index] : [],
  );
  return {
    members: [...members].sort().join('\n'),
    reach,
    runtimeReach:
      scope === 'build'
        ? []
        : services.flatMap((_, index) =>
            holding('runtime').includes(index) || (reach.includes(index) && onlyItself(index)) ? [index] : [],
          ),
    buildReach: scope === 'runtime' ? [] : holding('build'),
    direct: reach.filter((index) => isDirect(members, services[index]!, scope)),
    load: mean(
      reach.map((index) => (onlyItself(index) ? { over: 0n, under: 1n } : twinLoad(members, services[index]!, scope))),
    ),
    lost,
    lostTenths: lost.reduce((sum, index) => sum + systems[index]!.tenths, 0),
    weightedReachTenths: reach.reduce((sum, index) => sum + services[index]!.tenths, 0),
  };
}

/** The declared systems, then a 1-of-1 for every service in none. */
export function twinSystems(declared: readonly TwinSystem[], services: readonly TwinService[]): TwinSystem[] {
  const alone = services.flatMap((service, index) =>
    declared.some((system) => system.members.includes(index))
      ? []
      : [{ members: [index], need: 1, tenths: service.tenths }],
  );
  return [...declared, ...alone];
}

/** Share of the service's components in scope, without the cause's own, that depend on the cause, directly or not. */
export function twinLoad(members: ReadonlySet<string>, service: TwinService, scope: TwinScope): Fraction {
  const { lockfile } = service;
  const dev = scope !== 'runtime';
  const nodes = dev ? allNodes(service) : runtimeNodes(service);
  const inScope = twinComponents(service)[scope];
  const isHit = (node: number) => !isOwn(service, node) && members.has(keyOf(lockfile, node));
  const standing = new Set<string>();
  for (const node of nodes) {
    const key = keyOf(lockfile, node);
    if (isOwn(service, node) || members.has(key) || !inScope.has(key)) continue;
    const below = reachable([node], (from) => targets(lockfile, from, dev));
    if ([...below].some((other) => isHit(other) && inScope.has(keyOf(lockfile, other)))) standing.add(key);
  }
  return { over: BigInt(standing.size), under: BigInt(inScope.size) };
}

/** Whether a manifest the service builds from (its own, its workspaces', the root's) names a component of the cause. */
function isDirect(members: ReadonlySet<string>, service: TwinService, scope: TwinScope): boolean {
  const { lockfile } = service;
  const inScope = twinComponents(service)[scope];
  const kept = scope === 'runtime' ? runtimeNodes(service) : allNodes(service);
  const manifests = lockfile.projects.map((project) => project.node).filter((node) => allNodes(service).has(node));
  return manifests.some((manifest) =>
    targets(lockfile, manifest, true).some((node) => {
      const key = keyOf(lockfile, node);
      return kept.has(node) && !isOwn(service, node) && members.has(key) && inScope.has(key);
    }),
  );
}

// --- ranking ------------------------------------------------------------------------------------------------------

/** First difference decides: blast radius, weighted reach, load, name, id. */
export function twinRanking(
  causes: readonly TwinCause[],
  labelOf: (cause: TwinCause) => { readonly name: string; readonly id: string },
): TwinCause[] {
  return [...causes].sort((a, b) => {
    const byNumbers =
      b.lostTenths - a.lostTenths || b.weightedReachTenths - a.weightedReachTenths || compare(b.load, a.load);
    const [x, y] = [labelOf(a), labelOf(b)];
    return byNumbers || byText(x.name, y.name) || byText(x.id, y.id);
  });
}

function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function mean(values: readonly Fraction[]): Fraction {
  const sum = values.reduce(
    (total, value) => ({
      over: total.over * value.under + value.over * total.under,
      under: total.under * value.under,
    }),
    { over: 0n, under: 1n },
  );
  return { over: sum.over, under: sum.under * BigInt(values.length) };
}

function compare(a: Fraction, b: Fraction): number {
  const difference = a.over * b.under - b.over * a.under;
  return difference === 0n ? 0 : difference < 0n ? -1 : 1;
}

export function toNumber({ over, under }: Fraction): number {
  return Number((over * 10n ** 15n) / under) / 1e15;
}

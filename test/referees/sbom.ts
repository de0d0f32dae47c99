/**
 * A second reading of SBOMs, straight down the page: packageurl-js takes the package URLs apart, sets of strings stand
 * for the graph, and reachability is a search per package. No library was found that reads such documents
 * (@cyclonedx/cyclonedx-library only writes and validates them). It does not know git and tarball sources, marks for
 * development other than npm's, nor files without a package URL: fixtures of those have their own expectations.
 */
import { PackageURL } from 'packageurl-js';
import { EDGE_KINDS, isFirstParty, type LockGraph, NONE } from '../../src/graph/model.ts';

export interface SbomLines {
  /** id ecosystem name version integrity URL; first-party ones without their place */
  readonly nodes: readonly string[];
  /** id kind id */
  readonly edges: readonly string[];
}

interface Item {
  readonly id: string;
  readonly line: string;
  readonly development: boolean;
}

interface Component {
  readonly name: string;
  readonly group?: string;
  readonly version?: string;
  readonly scope?: string;
  readonly purl?: string;
  readonly 'bom-ref'?: string;
  readonly hashes?: readonly { alg: string; content: string }[];
  readonly externalReferences?: readonly { type: string; url: string; hashes?: Component['hashes'] }[];
  readonly properties?: readonly { name: string; value: string }[];
  readonly components?: readonly Component[];
}

interface Bom {
  readonly metadata?: { readonly component?: Component };
  readonly components?: readonly Component[];
  readonly dependencies?: readonly { ref: string; dependsOn?: readonly string[] }[];
}

interface Spdx {
  readonly documentDescribes?: readonly string[];
  readonly packages: readonly {
    readonly SPDXID: string;
    readonly name: string;
    readonly versionInfo?: string;
    readonly downloadLocation?: string;
    readonly externalRefs?: readonly { referenceType: string; referenceLocator: string }[];
    readonly checksums?: readonly { algorithm: string; checksumValue: string }[];
  }[];
  readonly relationships?: readonly { spdxElementId: string; relationshipType: string; relatedSpdxElement: string }[];
}

/** What the reader made of an SBOM, in the referee's words. */
export function sbomLines(graph: LockGraph): SbomLines {
  const text = (id: number) => (id === NONE ? '-' : graph.strings[id]!);
  const nodes = Array.from({ length: graph.nodeCount }, (_, n) => {
    const columns = [graph.key, graph.ecosystem, graph.name, graph.version, graph.integrity].map((c) => text(c[n]!));
    return [...columns, isFirstParty(graph.source[n]!) ? '-' : text(graph.resolved[n]!)].map((t) => t || '-').join(' ');
  });
  const edges: string[] = [];
  for (let n = 0; n < graph.nodeCount; n++) {
    for (let e = graph.edgeStart[n]!; e < graph.edgeStart[n + 1]!; e++) {
      const to = graph.edgeTo[e]! === NONE ? 'none' : text(graph.key[graph.edgeTo[e]!]!);
      edges.push(`${text(graph.key[n]!)} ${EDGE_KINDS[graph.edgeKind[e]!]} ${to}`);
    }
  }
  return { nodes: nodes.sort(), edges: edges.sort() };
}

export function cyclonedxReferee(text: string): SbomLines {
  const bom = JSON.parse(text) as Bom;
  const root: Component = bom.metadata?.component ?? { name: '-' };
  const flat = (list: readonly Component[] | undefined, at: string): [Component, string][] =>
    (list ?? []).flatMap((c, i) => [
      [c, `${at}/${i}`] as [Component, string],
      ...flat(c.components, `${at}/${i}/components`),
    ]);
  const items = [
    cyclonedxItem(root, '', true),
    ...flat(root.components, '/metadata/component/components').map(([c, at]) => cyclonedxItem(c, at, false)),
    ...flat(bom.components, '/components').map(([c, at]) => cyclonedxItem(c, at, false)),
  ].filter((item, index, all) => index === 0 || item.id !== all[0]!.id);
  const ids = new Set(items.map((item) => item.id));
  const edges = new Set<string>();
  for (const { ref, dependsOn } of bom.dependencies ?? []) {
    if (!ids.has(ref)) continue;
    for (const to of dependsOn ?? []) edges.add(`${ref} prod ${ids.has(to) ? to : 'none'}`);
  }
  return finished(items, edges, new Set());
}

function cyclonedxItem(c: Component, at: string, root: boolean): Item {
  const distribution = (c.externalReferences ?? []).filter((reference) => reference.type === 'distribution');
  const hashes = distribution.flatMap((reference) => reference.hashes ?? []).concat(c.hashes ?? []);
  const id = c['bom-ref'] ?? at;
  const url = root ? '-' : tarball(distribution.map((reference) => reference.url));
  const integrity = sri(hashes.map((hash) => [hash.alg, hash.content]));
  const mark = (c.properties ?? []).some(
    (property) => property.name === 'cdx:npm:package:development' && property.value === 'true',
  );
  const line = [id || '-', ...named(c.purl, c.group ? `${c.group}/${c.name}` : c.name, c.version), integrity, url];
  return { id, line: line.join(' '), development: mark || c.scope === 'excluded' };
}

export function spdxReferee(text: string): SbomLines {
  const document = JSON.parse(text) as Spdx;
  const items: Item[] = document.packages.map((p) => {
    const purl = (p.externalRefs ?? []).find((reference) => reference.referenceType === 'purl')?.referenceLocator;
    const integrity = sri((p.checksums ?? []).map((sum) => [sum.algorithm, sum.checksumValue]));
    const line = [p.SPDXID, ...named(purl, p.name, p.versionInfo), integrity, tarball([p.downloadLocation ?? ''])];
    return { id: p.SPDXID, line: line.join(' '), development: false };
  });
  const ids = new Set(items.map((item) => item.id));
  const relations = (document.relationships ?? []).map((r) => ({
    a: r.spdxElementId,
    type: r.relationshipType,
    b: r.relatedSpdxElement,
  }));
  const described = [
    ...(document.documentDescribes ?? []),
    ...relations.filter((r) => r.type === 'DESCRIBES').map((r) => r.b),
  ][0];
  items.sort((x, y) => Number(y.id === described) - Number(x.id === described));
  const edges = new Set<string>();
  for (const { a, type, b } of relations) {
    if (!ids.has(a) || !ids.has(b)) continue;
    if (type === 'DEPENDS_ON') edges.add(`${a} prod ${b}`);
    if (type === 'DEPENDENCY_OF') edges.add(`${b} prod ${a}`);
    if (type === 'OPTIONAL_DEPENDENCY_OF') edges.add(`${b} optional ${a}`);
    if (type === 'PREREQUISITE_FOR') edges.add(`${b} peer ${a}`);
    if (type === 'DEV_DEPENDENCY_OF') edges.add(`${described} dev ${a}`);
  }
  const contained = relations.filter((r) => r.type === 'CONTAINS' && ids.has(r.a) && ids.has(r.b));
  return finished(items, edges, new Set(contained.map((r) => `${r.a} prod ${r.b}`)));
}

/** Containment for what has no dependent, then for what stays out of reach, then the root for the rest. */
function finished(items: readonly Item[], edges: Set<string>, contained: ReadonlySet<string>): SbomLines {
  const root = items[0]!.id;
  const development = new Set(items.filter((item) => item.development).map((item) => item.id));
  const needed = new Set([...edges].filter((edge) => ends(edge)[0] !== ends(edge)[1]).map((edge) => ends(edge)[1]));
  for (const edge of contained) if (!needed.has(ends(edge)[1])) edges.add(edge);
  for (let changed = true; changed; ) {
    const reached = reachable(edges, root);
    const next = [...contained].find((edge) => reached.has(ends(edge)[0]) && !reached.has(ends(edge)[1]));
    changed = next !== undefined;
    if (next !== undefined) edges.add(next);
  }
  const result = new Set([...edges].map((edge) => fromRoot(edge, root, development)));
  const missing = items.map((item) => item.id).filter((id) => !reachable(edges, root).has(id));
  const above = new Map(missing.map((id) => [id, missing.filter((other) => reachable(edges, other).has(id))]));
  for (const id of missing) {
    const peers = above.get(id)!;
    const top = peers.every((other) => above.get(other)!.includes(id));
    if (top && peers[0] === id) result.add(fromRoot(`${root} prod ${id}`, root, development));
  }
  return { nodes: items.map((item) => item.line).sort(), edges: [...result].sort() };
}

function fromRoot(edge: string, root: string, development: ReadonlySet<string>): string {
  const [from, to] = ends(edge);
  return from === root && development.has(to) ? `${from} dev ${to}` : edge;
}

function ends(edge: string): [string, string] {
  const match = /^(.*) (?:prod|dev|optional|peer) (.*)$/.exec(edge)!;
  return [match[1]!, match[2]!];
}

const adjacency = new WeakMap<Set<string>, { size: number; targets: Map<string, string[]> }>();

function reachable(edges: Set<string>, start: string): Set<string> {
  let known = adjacency.get(edges);
  if (known?.size !== edges.size) {
    const targets = new Map<string, string[]>();
    for (const edge of edges) targets.set(ends(edge)[0], [...(targets.get(ends(edge)[0]) ?? []), ends(edge)[1]]);
    known = { size: edges.size, targets };
    adjacency.set(edges, known);
  }
  const reached = new Set([start]);
  for (const id of reached) for (const to of known.targets.get(id) ?? []) reached.add(to);
  return reached;
}

function named(purl: string | undefined, name: string, version: string | undefined): string[] {
  if (purl === undefined) return ['generic', name, version ?? '-'];
  const [type, namespace, base, pinned] = PackageURL.parseString(purl);
  const full = namespace ? `${namespace}${type === 'maven' ? ':' : '/'}${base}` : base!;
  return [type!, type === 'pypi' ? full.toLowerCase().replaceAll('_', '-') : full, pinned ?? version ?? '-'];
}

function tarball(urls: readonly string[]): string {
  return urls.find((url) => URL.canParse(url) && new URL(url).pathname.includes('/-/')) ?? '-';
}

function sri(hashes: readonly [string, string][]): string {
  const order = ['sha512', 'sha384', 'sha256', 'sha1', 'md5'];
  return (
    hashes
      .filter(([, hex]) => BigInt(`0x${hex}`) !== 0n)
      .map(([algorithm, hex]): [string, string] => [algorithm.toLowerCase().replace('-', ''), hex])
      .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
      .map(([algorithm, hex]) => {
        const bytes = hex.match(/../g)!.map((byte) => String.fromCharCode(Number.parseInt(byte, 16)));
        return `${algorithm}-${btoa(bytes.join(''))}`;
      })
      .join(' ') || '-'
  );
}

/** From the entries of a Yarn lockfile (YAML or JSON) to its graph. */
import type { Diagnostic } from '../../diagnostics.ts';
import { type LockGraph, NONE } from '../../graph/model.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { readManifest } from '../workspaces.ts';
import { extend } from './extensions.ts';
import { LocalPackages } from './local.ts';
import { YarnLookup } from './lookup.ts';
import { NodeWriter, tooComplex } from './nodes.ts';
import { notesOn } from './notes.ts';
import { flagOptional } from './optional.ts';
import type { YarnPackages } from './packages.ts';
import { PeerTable } from './peer-table.ts';
import { PeerResolver } from './peers.ts';
import { findProjects } from './projects.ts';
import { readSettings } from './settings.ts';

export interface YarnLockfile {
  readonly packages: YarnPackages;
  /** Yarn 6 leaves out what it can read from disk again: workspaces, aliases, patches, paths. */
  readonly listsLocal: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Builds the graph: every entry is a node, one with peers as often as its peers resolve differently.
 *
 * @throws LockfileError LOCKFILE_TOO_COMPLEX beyond LIMITS
 */
export async function yarnGraph(input: LockfileInput, lockfile: YarnLockfile): Promise<LockGraph> {
  const { packages } = lockfile;
  const { builder, entries } = packages;
  const report = (diagnostic: Diagnostic): void => builder.diagnostic(diagnostic);
  for (const diagnostic of lockfile.diagnostics) report(diagnostic);

  const root = readManifest(input.siblings, '', { lockfile: input.path, report });
  const settings = readSettings(input, root, report);
  if (settings.extensions.size > 0) await extend(packages, settings);
  const found = findProjects(input, packages, root, settings, report);
  const lookup = new YarnLookup(packages, settings, entries[found.projects[0]!.entry]!);
  const local = new LocalPackages(input, packages, lookup, lockfile.listsLocal, report);
  const unresolved = resolveAll(packages, lookup, local);
  if (entries.length > LIMITS.nodes) throw tooComplex(input.path);

  const peerTable = new PeerTable(packages);
  const peers = new PeerResolver(packages, peerTable, LIMITS.nodes, () => {
    throw tooComplex(input.path);
  });
  for (const project of found.projects) peers.expandRoot(project.entry);
  const adopted = adopt(packages, peers, lookup);

  const rootNode = new NodeWriter(packages, peerTable, peers, input.path).write(found.projects, adopted);
  if (!found.rootKnown) builder.assumeRoots(rootNode);
  for (const note of notesOn(input.path, packages, { found, unresolved, adopted, opaque: local.opaque })) report(note);
  const graph = builder.build();
  flagOptional(graph);
  return graph;
}

/** Points every dependency at its entry. Returns the names of those that should have one and have none. */
function resolveAll(packages: YarnPackages, lookup: YarnLookup, local: LocalPackages): string[] {
  const { entries, needDescriptor, needKind, needTo } = packages;
  const unresolved: string[] = [];
  // Entries for what only the disk has are appended while this runs.
  for (let index = 0; index < entries.length; index++) {
    const entry = entries[index]!;
    for (let need = entry.firstNeed; need < entry.endNeed; need++) {
      const descriptor = needDescriptor[need]!;
      let to = lookup.entryFor(entry, descriptor);
      if (to === NONE) to = local.find(entry, descriptor);
      needTo[need] = to;
      if (to === NONE && needKind[need] !== 'optional') unresolved.push(packages.text(packages.needName(need)));
    }
  }
  return unresolved;
}

/**
 * Yarn drops what nothing asks for when it writes a lockfile. What is left without anybody asking was asked for by
 * something the lockfile does not hold (extensions of Yarn or of a plugin), so it must not drop out of reach.
 */
function adopt(packages: YarnPackages, peers: PeerResolver, lookup: YarnLookup): number[] {
  const { entries, needTo } = packages;
  const unreached: number[] = [];
  for (let index = 0; index < entries.length; index++) if (!peers.isReached(index)) unreached.push(index);
  if (unreached.length === 0) return unreached;
  const patchBases = lookup.patchBases();
  const left = unreached.filter((index) => !patchBases.has(index));
  const asked = new Set(left.flatMap((index) => needTo.slice(entries[index]!.firstNeed, entries[index]!.endNeed)));
  const adopted: number[] = [];
  const take = (index: number): void => {
    if (peers.isReached(index)) return;
    peers.expandRoot(index);
    adopted.push(index);
  };
  for (const index of left) if (!asked.has(index)) take(index);
  for (const index of left) take(index);
  return adopted;
}

/** From the entries of a Yarn lockfile (YAML or JSON) to its graph. */
import type { Diagnostic } from '../../diagnostics.ts';
import { GraphBuilder } from '../../graph/builder.ts';
import { type LockGraph, NONE } from '../../graph/model.ts';
import { LIMITS, type LockfileInput } from '../reader.ts';
import { readManifest } from '../workspaces.ts';
import type { YarnEntry } from './entry.ts';
import { extend } from './extensions.ts';
import { LocalPackages } from './local.ts';
import { YarnLookup } from './lookup.ts';
import { isWorkspace, NodeWriter, tooComplex } from './nodes.ts';
import { notesOn } from './notes.ts';
import { PeerResolver } from './peers.ts';
import { findProjects } from './projects.ts';
import { readSettings } from './settings.ts';

export interface YarnLockfile {
  readonly formatVersion: string;
  /** In the order of the file. */
  readonly entries: YarnEntry[];
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
  const { entries } = lockfile;
  const builder = new GraphBuilder('yarn-berry', lockfile.formatVersion);
  const report = (diagnostic: Diagnostic): void => builder.diagnostic(diagnostic);
  for (const diagnostic of lockfile.diagnostics) report(diagnostic);

  const root = readManifest(input.siblings, '', { lockfile: input.path, report });
  const settings = readSettings(input, root, report);
  await extend(entries, settings);
  const found = findProjects(input, entries, root, settings, report);
  const rootEntry = entries[found.projects[0]!.entry]!;
  const lookup = new YarnLookup(entries, settings, `${rootEntry.name}@${rootEntry.reference}`);
  const local = new LocalPackages(input, entries, lookup, lockfile.listsLocal, report);
  const unresolved = resolveAll(entries, lookup, local);
  if (entries.length > LIMITS.nodes) throw tooComplex(input.path);

  const peers = new PeerResolver(
    entries,
    (index) => isWorkspace(entries[index]!),
    LIMITS.nodes,
    () => {
      throw tooComplex(input.path);
    },
  );
  for (const project of found.projects) peers.expandRoot(project.entry);
  const adopted = adopt(entries, peers, lookup);

  const rootNode = new NodeWriter(builder, entries, peers, lookup.descriptors, input.path).write(
    found.projects,
    adopted,
  );
  if (!found.rootKnown) builder.assumeRoots(rootNode);
  for (const note of notesOn(input.path, entries, { found, unresolved, adopted, opaque: local.opaque })) report(note);
  return builder.build();
}

/** Points every dependency at its entry. Returns the names of those that should have one and have none. */
function resolveAll(entries: readonly YarnEntry[], lookup: YarnLookup, local: LocalPackages): string[] {
  const unresolved: string[] = [];
  for (const entry of entries) {
    for (const dependency of entry.dependencies) {
      lookup.link(entry, dependency);
      if (dependency.to === NONE) dependency.to = local.find(entry, dependency);
      if (dependency.to === NONE && dependency.kind !== 'optional') unresolved.push(dependency.name);
    }
  }
  return unresolved;
}

/**
 * Yarn drops what nothing asks for when it writes a lockfile. What is left without anybody asking was asked for by
 * something the lockfile does not hold (extensions of Yarn or of a plugin), so it must not drop out of reach.
 */
function adopt(entries: readonly YarnEntry[], peers: PeerResolver, lookup: YarnLookup): number[] {
  const unreached: number[] = [];
  for (let index = 0; index < entries.length; index++) if (!peers.isReached(index)) unreached.push(index);
  if (unreached.length === 0) return unreached;
  const patchBases = lookup.patchBases();
  const left = unreached.filter((index) => !patchBases.has(index));
  const asked = new Set(left.flatMap((index) => entries[index]!.dependencies.map(({ to }) => to)));
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

/** From the references of a pnpm lockfile to nodes. */
import type { GraphBuilder } from '../../graph/builder.ts';
import { NONE } from '../../graph/model.ts';
import type { PackageEntry, PnpmFile, Snapshot } from './file.ts';
import type { IdScheme, ParsedId } from './ids.ts';

/** Nodes of one name are searched one by one up to this many, then by their whole key. */
const FEW_NODES = 32;

/** Finds nodes by reference: those of the dependency's own name, one after the other, or by the whole key. */
export class Resolver {
  readonly #builder: GraphBuilder;
  readonly #ids: IdScheme;
  readonly #snapshots: readonly Snapshot[];
  readonly #parsed: readonly ParsedId[];
  readonly #nodes: readonly number[];
  /** The last snapshot of a name, by the name's id, and for each snapshot the one of the same name before it. */
  readonly #last: Int32Array;
  readonly #previous: Int32Array;
  #byKey: Map<string, number> | undefined;

  constructor(
    builder: GraphBuilder,
    ids: IdScheme,
    snapshots: readonly Snapshot[],
    entries: readonly (PackageEntry | undefined)[],
    parsed: readonly ParsedId[],
    nodes: readonly number[],
  ) {
    this.#builder = builder;
    this.#ids = ids;
    this.#snapshots = snapshots;
    this.#parsed = parsed;
    this.#nodes = nodes;
    const names = parsed.map(({ name, reference }, i) => {
      if (name === undefined || reference === undefined) return NONE;
      const isNodeName = nodes[i] !== NONE && entries[i]?.name === undefined;
      return isNodeName ? builder.nameId(nodes[i]!) : builder.text(name);
    });
    this.#last = new Int32Array(names.reduce((most, id) => Math.max(most, id), 0) + 1).fill(NONE);
    this.#previous = new Int32Array(names.length).fill(NONE);
    for (const [i, id] of names.entries()) {
      if (id === NONE) continue;
      this.#previous[i] = this.#last[id]!;
      this.#last[id] = i;
    }
  }

  /** @param name the id of the dependency's name, `text` */
  find(name: number, text: string, reference: string): number {
    if (this.#ids.isOwnName(reference)) return this.#findOwn(name, reference, text);
    const alias = this.#ids.parse(reference);
    if (alias.name === undefined || alias.reference === undefined) return this.#findKey(reference);
    return this.#findOwn(this.#builder.text(alias.name), alias.reference, alias.name);
  }

  #findOwn(name: number, reference: string, text: string): number {
    let index = this.#last[name] ?? NONE;
    for (let steps = 0; index !== NONE && steps < FEW_NODES; steps++) {
      if (this.#parsed[index]!.reference === reference) return this.#nodes[index]!;
      index = this.#previous[index]!;
    }
    return index === NONE ? NONE : this.#findKey(this.#ids.ownKey(text, reference));
  }

  #findKey(key: string): number {
    this.#byKey ??= new Map(this.#snapshots.map((snapshot, i) => [snapshot.key, this.#nodes[i]!]));
    return this.#byKey.get(key) ?? NONE;
  }
}

/** Names under which others depend on a key, for the few places whose entry does not say their name. */
export class ReferredNames {
  readonly #file: PnpmFile;
  #names: Map<string, string> | undefined;

  constructor(file: PnpmFile) {
    this.#file = file;
  }

  of(key: string): string | undefined {
    this.#names ??= referredNames(this.#file);
    return this.#names.get(key);
  }
}

function referredNames({ importers, root, references }: PnpmFile): Map<string, string> {
  const names = new Map<string, string>();
  for (let i = references.length - 2; i >= 0; i -= 2) names.set(references[i + 1]!, references[i]!);
  for (const { declared } of importers ?? [root]) {
    for (const { name, reference } of declared) if (reference !== undefined) names.set(reference, name);
  }
  return names;
}

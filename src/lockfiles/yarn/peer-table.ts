/** The peers of all packages as columns, with those Yarn adds: the @types of each peer, optional. */
import { NONE } from '../../graph/model.ts';
import type { YarnPackages } from './packages.ts';

export class PeerTable {
  /** Peers of package n are first[n] .. first[n + 1]. */
  readonly first: Int32Array;
  readonly name: number[] = [];
  /** Id, or NONE. */
  readonly range: number[] = [];
  readonly optional: boolean[] = [];
  readonly implicit: boolean[] = [];
  /** The need by which the package brings one of its own, or NONE. */
  readonly own: number[] = [];
  readonly #packages: YarnPackages;
  /** The need of the package that is looked at by its name. */
  readonly #needs = new Map<number, number>();
  /** Id of the @types of a package; NONE where nothing has such a name, so that nothing can provide it. */
  readonly #types = new Map<number, number>();

  constructor(packages: YarnPackages) {
    this.#packages = packages;
    const { entries } = packages;
    this.first = new Int32Array(entries.length + 1);
    for (let index = 0; index < entries.length; index++) {
      if (entries[index]!.peers.length > 0) this.#add(index);
      this.first[index + 1] = this.name.length;
    }
  }

  #add(index: number): void {
    const entry = this.#packages.entries[index]!;
    const { needTo } = this.#packages;
    this.#needs.clear();
    for (let need = entry.firstNeed; need < entry.endNeed; need++) this.#needs.set(this.#packages.needName(need), need);
    const own = (name: number): number => {
      const need = this.#needs.get(name);
      return need === undefined || needTo[need] === NONE ? NONE : need;
    };
    for (const { name, range, optional } of entry.peers) this.#push(name, range, optional, false, own(name));
    const declared = entry.peers.length > 4 ? new Set(entry.peers.map(({ name }) => name)) : undefined;
    for (const { name } of entry.peers) {
      const types = this.#typesOf(name);
      if (types === NONE) continue;
      const isDeclared = declared === undefined ? entry.peers.some((peer) => peer.name === types) : declared.has(types);
      if (isDeclared || (!entry.addsOwnTypes && this.#needs.has(types))) continue;
      this.#push(types, NONE, true, true, own(types));
    }
  }

  #push(name: number, range: number, optional: boolean, implicit: boolean, own: number): void {
    this.name.push(name);
    this.range.push(range);
    this.optional.push(optional);
    this.implicit.push(implicit);
    this.own.push(own);
  }

  #typesOf(peer: number): number {
    const known = this.#types.get(peer);
    if (known !== undefined) return known;
    const name = this.#packages.text(peer);
    const types = name.startsWith('@') ? name.slice(1).replace('/', '__') : name;
    const id = name.startsWith('@types/') ? NONE : this.#packages.builder.find(`@types/${types}`);
    this.#types.set(peer, id);
    return id;
  }
}

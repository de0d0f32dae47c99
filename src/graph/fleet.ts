/**
 * Many lockfile graphs over one dictionary: strings and components are fleet-wide integers, graphs are typed arrays.
 */
import { posix } from 'node:path';
import { usualKey } from './entry-key.ts';
import { Interner } from './interner.ts';
import {
  isFirstParty,
  type LockfileKind,
  type LockGraph,
  NONE,
  type Project,
  SOURCE_KINDS,
  type SourceKind,
} from './model.ts';
import type { PlatformClaim } from './platform.ts';
import type { Policies } from './policies.ts';
import { RowIndex } from './row-index.ts';
import { type DictionaryPart, SOURCE_COLUMN, type Translation, WIDTH } from './translation.ts';

/** One lockfile of the fleet. Columns as in LockGraph, string ids fleet-wide. */
export interface FleetLockfile {
  readonly path: string;
  /** `unread`: it is there but could not be read, so its service is counted and nothing is known of what it holds. */
  readonly kind: LockfileKind | 'unread';
  readonly formatVersion: string;
  /** Fleet-wide component of each node. */
  readonly component: Int32Array;
  /** Key of each node's entry in the file, NONE for the usual one (entry-key.ts): what its place is looked up by. */
  readonly key: Int32Array;
  readonly flags: Uint8Array;
  readonly edgeStart: Int32Array;
  readonly edgeTo: Int32Array;
  readonly edgeKind: Uint8Array;
  readonly edgeName: Int32Array;
  readonly edgeRange: Int32Array;
  readonly projects: readonly Project[];
  readonly roots: 'declared' | 'assumed';
  /** What its projects say they run on. */
  readonly platforms: readonly PlatformClaim[];
  /** How new releases come in. */
  readonly policies: Policies;
}

/** What is known of a lockfile beside its graph, from the files beside it. */
export type Surroundings = Pick<FleetLockfile, 'platforms' | 'policies'>;

/** A component as text; see graph/model.ts for the meaning of the fields. */
export interface Component {
  readonly ecosystem: string;
  readonly name: string;
  readonly version: string | undefined;
  readonly source: SourceKind;
  readonly integrity: string | undefined;
  /** For first-party components the path from the root of the scan, so that two services that use one directory share it. */
  readonly resolved: string | undefined;
}

export const NOTHING_BESIDE: Surroundings = {
  platforms: [],
  policies: {
    overrides: { manager: undefined, rules: [], complete: true },
    gates: [],
    scripts: { variants: [] },
    catalogs: [],
    notes: [],
  },
};

/** The strings and components of a fleet, as dense integers. */
interface Dictionary {
  readonly strings: Interner;
  readonly components: RowIndex;
}

const WORKSPACE = SOURCE_KINDS.indexOf('workspace');

export class Fleet {
  readonly strings: Interner;
  readonly lockfiles: FleetLockfile[] = [];
  readonly #components: RowIndex;

  /** @param dictionary of another fleet; an empty one by default */
  constructor(dictionary: Dictionary = { strings: new Interner(), components: new RowIndex(WIDTH) }) {
    this.strings = dictionary.strings;
    this.#components = dictionary.components;
  }

  /** The same lockfiles over a dictionary of its own, with the same ids, that can grow. */
  copy(): Fleet {
    const fleet = new Fleet({ strings: this.strings.copy(), components: this.#components.copy() });
    for (const lockfile of this.lockfiles) fleet.#keep(lockfile);
    return fleet;
  }

  /** The same lockfiles over the same dictionary, with other rules of how new releases come in. */
  withPolicies(policiesOf: (lockfile: FleetLockfile, index: number) => Policies): Fleet {
    const fleet = new Fleet({ strings: this.strings, components: this.#components });
    for (const [index, lockfile] of this.lockfiles.entries()) {
      fleet.#keep({ ...lockfile, policies: policiesOf(lockfile, index) });
    }
    return fleet;
  }

  get componentCount(): number {
    return this.#components.size;
  }

  /**
   * Adds a graph under the path of its lockfile and returns its index in `lockfiles`. The graph itself is not kept.
   */
  add(path: string, graph: LockGraph, surroundings: Surroundings = NOTHING_BESIDE): number {
    const ids = new Int32Array(graph.strings.length).fill(NONE);
    const global = (local: number): number => {
      if (local === NONE) return NONE;
      const known = ids[local]!;
      if (known !== NONE) return known;
      const id = this.strings.id(withoutCredentials(graph.strings[local]!));
      ids[local] = id;
      return id;
    };
    const directory = posix.dirname(path);
    const component = new Int32Array(graph.nodeCount);
    const row = new Int32Array(WIDTH);
    for (let n = 0; n < graph.nodeCount; n++) {
      const source = graph.source[n]!;
      const resolved = graph.resolved[n]!;
      row[0] = global(graph.ecosystem[n]!);
      row[1] = global(graph.name[n]!);
      row[2] = global(graph.version[n]!);
      row[SOURCE_COLUMN] = source;
      row[4] = global(graph.integrity[n]!);
      row[5] =
        isFirstParty(source) && resolved !== NONE
          ? this.strings.id(fromScanRoot(directory, graph.strings[resolved]!))
          : global(resolved);
      component[n] = this.#components.id(row);
    }
    return this.#keep({
      path,
      kind: graph.kind,
      formatVersion: graph.formatVersion,
      component,
      key: unusualKeys(graph, global),
      flags: graph.flags,
      edgeStart: graph.edgeStart,
      edgeTo: graph.edgeTo,
      edgeKind: graph.edgeKind,
      edgeName: graph.edgeName.map(global),
      edgeRange: graph.edgeRange.map(global),
      projects: graph.projects,
      roots: graph.roots,
      ...surroundings,
    });
  }

  /**
   * Adds a lockfile of another fleet, whose columns are taken over and rewritten. Ids are given in the order in which
   * the lockfile uses them, so a fleet does not depend on how its lockfiles were spread over others.
   *
   * @param origin the other fleet's dictionary, as far as this lockfile uses it
   */
  adopt(lockfile: FleetLockfile, origin: Translation): number {
    const string = (id: number): number => (id === NONE ? NONE : origin.string(id, this.strings));
    const { component, key, edgeName, edgeRange } = lockfile;
    const row = new Int32Array(WIDTH);
    for (let n = 0; n < component.length; n++) {
      const foreign = component[n]!;
      let own = origin.componentIds[foreign]!;
      if (own === NONE) {
        for (let column = 0; column < WIDTH; column++) {
          const value = origin.column(foreign, column);
          row[column] = column === SOURCE_COLUMN ? value : string(value);
        }
        own = this.#components.id(row);
        origin.componentIds[foreign] = own;
      }
      component[n] = own;
    }
    for (let n = 0; n < key.length; n++) key[n] = string(key[n]!);
    for (let e = 0; e < edgeName.length; e++) edgeName[e] = string(edgeName[e]!);
    for (let e = 0; e < edgeRange.length; e++) edgeRange[e] = string(edgeRange[e]!);
    return this.#keep(lockfile);
  }

  /** What the dictionary holds beyond its first strings and components. */
  dictionary(strings: number, components: number): DictionaryPart {
    return { strings: this.strings.since(strings), components: this.#components.since(components) };
  }

  /** Keeps the place of a lockfile that could not be read: its service exists all the same. */
  addUnread(path: string): void {
    const none = new Int32Array(0);
    const place = this.strings.id(fromScanRoot(posix.dirname(path), ''));
    const row = [this.strings.id('npm'), this.strings.id(''), NONE, WORKSPACE, NONE, place];
    this.#keep({
      path,
      kind: 'unread',
      formatVersion: '',
      component: Int32Array.of(this.#components.id(row)),
      key: Int32Array.of(NONE),
      flags: new Uint8Array(1),
      edgeStart: new Int32Array(2),
      edgeTo: none,
      edgeKind: new Uint8Array(0),
      edgeName: none,
      edgeRange: none,
      projects: [{ node: 0, path: '', name: undefined }],
      roots: 'assumed',
      ...NOTHING_BESIDE,
    });
  }

  component(id: number): Component {
    const text = (column: number): string | undefined => {
      const string = this.#components.at(id, column);
      return string === NONE ? undefined : this.strings.text(string);
    };
    return {
      ecosystem: text(0)!,
      name: text(1)!,
      version: text(2),
      source: SOURCE_KINDS[this.#components.at(id, SOURCE_COLUMN)]!,
      integrity: text(4),
      resolved: text(5),
    };
  }

  /** The id of a component that differs from a known one in the fields given; a new one where there is none like it. */
  derive(id: number, fields: Partial<Record<'version' | 'integrity' | 'resolved', string>>): number {
    const row = Array.from({ length: WIDTH }, (_, column) => this.#components.at(id, column));
    for (const [column, text] of [
      [2, fields.version],
      [4, fields.integrity],
      [5, fields.resolved],
    ] as const)
      if (text !== undefined) row[column] = this.strings.id(text);
    return this.#components.id(row);
  }

  #keep(lockfile: FleetLockfile): number {
    return this.lockfiles.push(lockfile) - 1;
  }
}

function unusualKeys({ kind, key, name, version, strings }: LockGraph, global: (local: number) => number): Int32Array {
  return key.map((id, node) => {
    const of = version[node]!;
    const usual = usualKey(kind, strings[name[node]!]!, of === NONE ? undefined : strings[of]!);
    return id === NONE || strings[id] === usual ? NONE : global(id);
  });
}

// A path that climbs out of the scan has no name the fleet could share it by; it stays tied to its lockfile.
function fromScanRoot(directory: string, path: string): string {
  const joined = posix.normalize(posix.join(directory, path));
  return joined === '..' || joined.startsWith('../') ? `${directory}:${path}` : joined;
}

const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)@/i;

/** A URL without the user and password before its host; `git@` is no secret and stays. Other texts as they are. */
function withoutCredentials(text: string): string {
  if (text.indexOf('@') <= 0 || !text.includes('://')) return text;
  return text.replace(CREDENTIALS, (all, scheme: string, user: string) => (user === 'git' ? all : scheme));
}

/** Gathers what lists and arguments call bad, by package name; counts what they say twice, and what cannot be read. */
import { append } from '../lists.ts';
import type { BadVersions } from './versions.ts';

/** What is said of one package, by all records together. */
export interface BadPackage {
  /** As published: names differ by case too. */
  readonly name: string;
  /** Whether every version is bad. */
  readonly all: boolean;
  /** Exact versions, as `comparable` writes them. */
  readonly versions: ReadonlySet<string>;
  /** Semver ranges; prereleases are in them as any other version. */
  readonly ranges: ReadonlySet<string>;
  /** Whether some record names the package and does not say which versions. */
  readonly unsaid: boolean;
  /** Ids of records (OSV, incidents), the first few. */
  readonly records: readonly string[];
}

/** Where in a list something stands. */
export interface ListPlace {
  /** '' for an argument. */
  readonly file: string;
  /** 1-based; undefined where only the record is known. */
  readonly line?: number | undefined;
  /** 1-based, in formats that are not of lines. */
  readonly record?: number | undefined;
}

export interface ListProblem extends ListPlace {
  /** Of our own words, and of names at most. */
  readonly reason: string;
}

/** What one list was read as. */
export interface ReadList {
  readonly file: string;
  readonly form: ListForm;
}

export const LIST_FORMS = ['lines', 'csv', 'json', 'osv', 'lockfile', 'empty', 'unreadable'] as const;
export type ListForm = (typeof LIST_FORMS)[number];

export interface IncidentList {
  readonly packages: readonly BadPackage[];
  readonly lists: readonly ReadList[];
  /** A name with one version, one range, all versions, or nothing said of versions. */
  readonly statements: number;
  /** Statements that were made before. */
  readonly duplicates: number;
  /** Records that were withdrawn: they say nothing. */
  readonly withdrawn: number;
  /** Records of other ecosystems, by its name. */
  readonly others: ReadonlyMap<string, number>;
  /** Lines or records that cannot be read; the first of them in `problems`. */
  readonly unreadable: number;
  readonly problems: readonly ListProblem[];
  /** Statements at odds with others; the wider one counts. The first of them as sentences. */
  readonly contradictions: number;
  readonly contradicting: readonly string[];
}

/** Statements of all lists of a run. */
export const MOST_STATEMENTS = 2_000_000;
const MOST_TOLD = 100;
const MOST_RECORDS = 5;
/** Ecosystems told apart; the names of more come from a hostile list. */
const MOST_OTHERS = 50;

interface Draft {
  all: boolean;
  unsaid: boolean;
  readonly versions: Set<string>;
  readonly ranges: Set<string>;
  readonly records: string[];
}

export class IncidentBuilder {
  readonly #packages = new Map<string, Draft>();
  readonly #lists: ReadList[] = [];
  readonly #others = new Map<string, number>();
  readonly #problems: ListProblem[] = [];
  readonly #contradicting: string[] = [];
  /** Versions by name that a withdrawn record had named; undefined for all. */
  readonly #withdrawnVersions = new Map<string, (string | undefined)[]>();
  #statements = 0;
  #duplicates = 0;
  #withdrawn = 0;
  #unreadable = 0;
  #contradictions = 0;

  list(file: string, form: ListForm): void {
    this.#lists.push({ file, form });
  }

  /** @param record id of the record, where it has one */
  add(name: string, versions: BadVersions, place: ListPlace, record?: string): void {
    const wrong = nameProblem(name);
    if (wrong !== undefined) {
      this.unreadable(place, wrong);
      return;
    }
    const said = versions.kind === 'some' ? versions.exact.length + versions.ranges.length : 1;
    if (this.#statements + said > MOST_STATEMENTS) {
      this.unreadable(place, `more than ${MOST_STATEMENTS} statements: split the list`);
      return;
    }
    this.#statements += said;
    const draft = this.#draft(name);
    const before = sizeOf(draft);
    if (versions.kind === 'all') draft.all = true;
    else if (versions.kind === 'unsaid') draft.unsaid = true;
    else {
      for (const version of versions.exact) draft.versions.add(version);
      for (const range of versions.ranges) draft.ranges.add(range);
    }
    this.#duplicates += said - (sizeOf(draft) - before);
    if (record === undefined || draft.records.length >= MOST_RECORDS || draft.records.includes(record)) return;
    draft.records.push(record);
  }

  other(ecosystem: string): void {
    const known = this.#others.has(ecosystem) || this.#others.size < MOST_OTHERS;
    const name = known ? ecosystem : 'others';
    this.#others.set(name, (this.#others.get(name) ?? 0) + 1);
  }

  withdraw(name: string, versions: BadVersions): void {
    const exact = versions.kind === 'some' ? versions.exact : [undefined];
    for (const version of exact) append(this.#withdrawnVersions, name, version);
  }

  withdrawnRecord(): void {
    this.#withdrawn++;
  }

  unreadable(place: ListPlace, reason: string): void {
    this.#unreadable++;
    if (this.#problems.length < MOST_TOLD) this.#problems.push({ ...place, reason });
  }

  /** @param sentence of our own words, names and versions */
  contradiction(sentence: string): void {
    this.#contradictions++;
    if (this.#contradicting.length < MOST_TOLD) this.#contradicting.push(sentence);
  }

  /** All of it, packages by name. */
  build(): IncidentList {
    for (const [name, draft] of this.#packages) this.#contradict(name, draft);
    const packages = [...this.#packages]
      .map(([name, draft]): BadPackage => ({ name, ...draft }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    return {
      packages,
      lists: this.#lists,
      statements: this.#statements,
      duplicates: this.#duplicates,
      withdrawn: this.#withdrawn,
      others: this.#others,
      unreadable: this.#unreadable,
      problems: this.#problems,
      contradictions: this.#contradictions,
      contradicting: this.#contradicting,
    };
  }

  #contradict(name: string, { all, versions, ranges }: Draft): void {
    if (all && versions.size + ranges.size > 0) {
      this.contradiction(`${name} is named as bad in all versions and in some: all count`);
    }
    const withdrawn = this.#withdrawnVersions
      .get(name)
      ?.find((version) => version === undefined || versions.has(version));
    if (this.#withdrawnVersions.has(name) && (all || ranges.size > 0 || withdrawn !== undefined)) {
      this.contradiction(`${name} is named by a record that was withdrawn and by one that was not: it counts`);
    }
  }

  #draft(name: string): Draft {
    const known = this.#packages.get(name);
    if (known) return known;
    const draft: Draft = { all: false, unsaid: false, versions: new Set(), ranges: new Set(), records: [] };
    this.#packages.set(name, draft);
    return draft;
  }
}

function sizeOf({ all, unsaid, versions, ranges }: Draft): number {
  return (all ? 1 : 0) + (unsaid ? 1 : 0) + versions.size + ranges.size;
}

/** npm takes no longer ones, and never did. */
const LONGEST_NAME = 214;

/** Why a text is no package name: names are compared as they are, so only what can be none is refused. */
export function nameProblem(name: string): string | undefined {
  if (name.length > LONGEST_NAME) return `a name longer than ${LONGEST_NAME} characters`;
  return /^(?:@[^\s/@]+\/)?[^\s/@\p{Cc}]+$/u.test(name) ? undefined : 'expected a package name, as name or @scope/name';
}

/**
 * Evidence that will not change, kept between runs by what it was judged with: a release whose signature, digest and
 * attestations are good stays good as long as the trusted root and the keys are the same. Only good evidence is kept, so
 * that a wrong verdict never outlives its cause.
 */
import { createHash } from 'node:crypto';
import { isObject } from '../json.ts';
import type { Store } from '../network/store.ts';
import { VERSION } from '../version.ts';
import type { ComponentEvidence, Listing, Publishers, ReleaseHistory } from './evidence.ts';
import type { Provenance } from './provenance.ts';
import { REASONS, stateOf, type Verdict } from './state.ts';
import { subjectKey } from './subject.ts';
import type { Package, Target } from './subjects.ts';

export interface SettledPackage {
  /** When the oldest of it was found, milliseconds since 1970; undefined where nothing is kept. */
  readonly at: number | undefined;
  /** By the key of the subject. */
  readonly releases: ReadonlyMap<string, ComponentEvidence>;
}

/** How long it holds what may change: who may publish a package. */
const RECENT = 24 * 60 * 60 * 1000;

export class Settled {
  readonly #store: Store | undefined;
  readonly #anyAge: boolean;

  /** @param store undefined: nothing is kept; @param anyAge whether what is older than a day is good too (offline) */
  constructor(store: Store | undefined, anyAge: boolean) {
    this.#store = store;
    this.#anyAge = anyAge;
  }

  /** What is kept of a package; only what was judged with the same trust. */
  async read(pack: Package, trust: string): Promise<SettledPackage> {
    const kept = await this.#store?.read('verdict', question(pack, trust));
    const found = new Map<string, ComponentEvidence>();
    const nothing = { at: undefined, releases: found };
    if (!isObject(kept) || typeof kept.at !== 'number' || !isObject(kept.releases)) return nothing;
    const age = Date.now() - kept.at;
    if (age < 0 || (age >= RECENT && !this.#anyAge)) return nothing;
    for (const [key, value] of Object.entries(kept.releases)) {
      const evidence = evidenceOf(value);
      if (evidence && isSettled(evidence)) found.set(key, evidence);
    }
    return { at: kept.at, releases: found };
  }

  /** Keeps what of the evidence is settled, besides what was kept already: the age of the whole is that of the oldest. */
  async write(
    pack: Package,
    trust: string,
    before: SettledPackage,
    examined: readonly { readonly target: Target; readonly evidence: ComponentEvidence; readonly whole: boolean }[],
  ): Promise<void> {
    const good = examined.filter(({ evidence, whole }) => whole && isSettled(evidence));
    if (this.#store === undefined || good.length === 0) return;
    const added = good.map(({ target, evidence }) => [subjectKey(target.subject), evidence] as const);
    const releases = Object.fromEntries(
      [...before.releases, ...added].map(([key, evidence]) => [key, { ...evidence, listing: kept(evidence.listing) }]),
    );
    await this.#store.write('verdict', question(pack, trust), { at: before.at ?? Date.now(), releases });
  }
}

/** Names what evidence is judged with. */
export function trustId(...parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function question({ registry, name }: Package, trust: string): string[] {
  return [VERSION, trust, registry, name];
}

function isSettled({ verdicts, digest }: ComponentEvidence): boolean {
  const attested = [verdicts.publish, verdicts.provenance];
  return (
    digest === 'same' &&
    stateOf(verdicts.signature) === 'verified' &&
    attested.every((verdict) => stateOf(verdict) === 'verified' || verdict.reason === 'not-attested')
  );
}

// Written by this program into a directory of the user's own; its shape is checked, since a file may be damaged.
function evidenceOf(value: unknown): ComponentEvidence | undefined {
  if (!isObject(value) || !isObject(value.verdicts) || value.digest !== 'same') return undefined;
  const { signature, publish, provenance } = value.verdicts;
  if (!isVerdict(signature) || !isVerdict(publish) || !isVerdict(provenance)) return undefined;
  const build = optional(value.build, buildOf);
  const history = optional(value.history, historyOf);
  const publishers = optional(value.publishers, publishersOf);
  const listing = optional(value.listing, listingOf);
  if (build === null || history === null || publishers === null || listing === null) return undefined;
  if (stateOf(provenance) === 'verified' && build === undefined) return undefined;
  return { verdicts: { signature, publish, provenance }, digest: 'same', build, history, publishers, listing };
}

/** undefined where there is nothing, null where there is something of another shape. */
function optional<T>(value: unknown, read: (value: unknown) => T | undefined): T | undefined | null {
  return value === undefined ? undefined : (read(value) ?? null);
}

function isVerdict(value: unknown): value is Verdict {
  if (!isObject(value) || typeof value.reason !== 'string' || !Object.hasOwn(REASONS, value.reason)) return false;
  return areTexts(value, [], ['detail', 'key']);
}

function buildOf(value: unknown): Provenance | undefined {
  if (!isObject(value) || !areTexts(value, SURE, TOLD)) return undefined;
  // In the order a fresh one has, so that a report is the same to the byte.
  return Object.fromEntries(BUILD_ORDER.map((name) => [name, value[name]])) as unknown as Provenance;
}

const SURE = ['predicateType', 'repository', 'owner', 'builder', 'issuer', 'identity'] as const;
const TOLD = ['repositoryId', 'ownerId', 'commit', 'ref', 'workflow', 'loggedAt'] as const;
const BUILD_ORDER: readonly (keyof Provenance)[] = [
  'predicateType',
  'repository',
  'owner',
  'repositoryId',
  'ownerId',
  'commit',
  'ref',
  'workflow',
  'builder',
  'issuer',
  'identity',
  'loggedAt',
];

function historyOf(value: unknown): ReleaseHistory | undefined {
  if (!isObject(value) || !areTexts(value, [], ['predecessor', 'repositoryBefore', 'declared'])) return undefined;
  const { predecessor, lost, repositoryBefore, declared } = value;
  if (lost !== undefined && !(isObject(lost) && areTexts(lost, ['what', 'since'], []))) return undefined;
  const buildBefore = optional(value.buildBefore, buildOf);
  if (buildBefore === null) return undefined;
  return { predecessor, lost, repositoryBefore, declared, buildBefore } as ReleaseHistory;
}

function publishersOf(value: unknown): Publishers | undefined {
  if (!isObject(value) || typeof value.registry !== 'string' || !Array.isArray(value.accounts)) return undefined;
  const accounts = value.accounts.filter((account) => typeof account === 'string');
  return accounts.length === value.accounts.length ? { registry: value.registry, accounts } : undefined;
}

function kept(listing: Listing | undefined): unknown {
  if (!listing) return undefined;
  const { newest, tags, dependencies } = listing;
  return {
    newest: Object.fromEntries(newest),
    tags: Object.fromEntries(tags),
    ...(dependencies && { dependencies: Object.fromEntries(dependencies) }),
  };
}

function listingOf(value: unknown): Listing | undefined {
  if (!isObject(value)) return undefined;
  const newest = textsOf(value.newest);
  const tags = textsOf(value.tags);
  const dependencies = optional(value.dependencies, textsOf);
  if (!newest || !tags || dependencies === null) return undefined;
  return { newest, tags, dependencies };
}

function textsOf(value: unknown): Map<string, string> | undefined {
  if (!isObject(value)) return undefined;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? new Map(entries)
    : undefined;
}

function areTexts(value: Readonly<Record<string, unknown>>, sure: readonly string[], told: readonly string[]): boolean {
  const isText = (name: string): boolean => typeof value[name] === 'string';
  return sure.every(isText) && told.every((name) => value[name] === undefined || isText(name));
}

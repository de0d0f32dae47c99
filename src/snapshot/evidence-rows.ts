/** Evidence of components as rows and back. What was not looked for has no row. Pure. */
import type { ComponentEvidence, Listing, Publishers, ReleaseHistory } from '../evidence/evidence.ts';
import type { Provenance } from '../evidence/provenance.ts';
import { EVIDENCE_KINDS, type EvidenceKind, REASONS, type Reason, type Verdict } from '../evidence/state.ts';
import { list, mapOf, object, oneOf, optional, parsed, type Shape, ShapeFault, text } from './shapes.ts';

/** Cells of a row of the table `evidence`, without its key. */
export interface EvidenceRow extends Readonly<Record<EvidenceKind, string>> {
  readonly digest: string;
  readonly details: string | undefined;
  readonly build: string | undefined;
  readonly history: string | undefined;
  readonly publishers: string | undefined;
  readonly newest: string | undefined;
  readonly tags: string | undefined;
  readonly dependencies: string | undefined;
}

export function rowOf({ verdicts, digest, build, history, publishers, listing }: ComponentEvidence): EvidenceRow {
  const { signature, publish, provenance } = verdicts;
  const details = EVIDENCE_KINDS.flatMap((kind) => {
    const { detail, key } = verdicts[kind];
    return detail === undefined && key === undefined ? [] : [{ kind, detail, key }];
  });
  return {
    signature: signature.reason,
    publish: publish.reason,
    provenance: provenance.reason,
    digest,
    details: details.length === 0 ? undefined : JSON.stringify(details),
    build: build && JSON.stringify(build),
    history: history && JSON.stringify(history),
    publishers: publishers && JSON.stringify(publishers),
    newest: listing && JSON.stringify([...listing.newest]),
    tags: listing && JSON.stringify([...listing.tags]),
    dependencies: listing?.dependencies && JSON.stringify([...listing.dependencies]),
  };
}

const reason: Shape<Reason> = (value) => {
  if (!isReason(value)) throw new ShapeFault('expected a reason');
  return value;
};

function isReason(value: unknown): value is Reason {
  return typeof value === 'string' && Object.hasOwn(REASONS, value);
}

const detailsShape = list(
  object<{ kind: EvidenceKind; detail: string | undefined; key: string | undefined }>({
    kind: oneOf(EVIDENCE_KINDS),
    detail: optional(text),
    key: optional(text),
  }),
);

const provenanceShape: Shape<Provenance> = object<Provenance>({
  predicateType: text,
  repository: text,
  owner: text,
  repositoryId: optional(text),
  ownerId: optional(text),
  commit: optional(text),
  ref: optional(text),
  workflow: optional(text),
  builder: text,
  issuer: text,
  identity: text,
  loggedAt: optional(text),
});

type Lost = NonNullable<ReleaseHistory['lost']>;
const historyShape: Shape<ReleaseHistory> = object<ReleaseHistory>({
  predecessor: optional(text),
  lost: optional(object<Lost>({ what: oneOf(['trusted-publishing', 'provenance']), since: text })),
  repositoryBefore: optional(text),
  declared: optional(text),
  buildBefore: optional(provenanceShape),
});

const publishersShape: Shape<Publishers> = object<Publishers>({ registry: text, accounts: list(text) });
const texts = mapOf(text);
const digests = oneOf(['same', 'differs', 'unknown']);

/** Reads rows; cells that say the same become the same value, as releases of one package share what is listed of it. */
export class EvidenceReader {
  readonly #builds = remembered(provenanceShape);
  readonly #publishers = remembered(publishersShape);
  readonly #texts = remembered(texts);

  /** @throws ShapeFault */
  read(row: EvidenceRow): ComponentEvidence {
    const details = row.details === undefined ? [] : parsed(row.details, detailsShape);
    const verdictOf = (kind: EvidenceKind): Verdict => {
      const { detail, key } = details.find((entry) => entry.kind === kind) ?? {};
      return {
        reason: reason(row[kind]),
        ...(detail === undefined ? {} : { detail }),
        ...(key === undefined ? {} : { key }),
      };
    };
    return {
      verdicts: {
        signature: verdictOf('signature'),
        publish: verdictOf('publish'),
        provenance: verdictOf('provenance'),
      },
      digest: digests(row.digest),
      build: row.build === undefined ? undefined : this.#builds(row.build),
      history: row.history === undefined ? undefined : parsed(row.history, historyShape),
      publishers: row.publishers === undefined ? undefined : this.#publishers(row.publishers),
      listing: this.#listing(row),
    };
  }

  #listing({ newest, tags, dependencies }: EvidenceRow): Listing | undefined {
    if (newest === undefined || tags === undefined) return undefined;
    return {
      newest: this.#texts(newest),
      tags: this.#texts(tags),
      dependencies: dependencies === undefined ? undefined : this.#texts(dependencies),
    };
  }
}

function remembered<T>(shape: Shape<T>): (json: string) => T {
  const known = new Map<string, T>();
  return (json) => {
    const before = known.get(json);
    if (before !== undefined) return before;
    const value = parsed(json, shape);
    known.set(json, value);
    return value;
  };
}

/** The made logs: certificate transparency (RFC 6962) and Rekor, of which each entry is the last one when it is proved. */
import { randomInt, sign } from 'node:crypto';
import { extension, type KeyPair, sha256, spki } from './certificate.ts';
import { octets } from './der.ts';

const SCT_LIST = '1.3.6.1.4.1.11129.2.4.2';

const uint = (value: number | bigint, bytes: number): Buffer =>
  Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');

export const logId = (keys: KeyPair): Buffer => sha256(spki(keys.publicKey));

/** An extension with one signed certificate timestamp over a certificate that has none yet (RFC 6962, 3.2 and 3.3). */
export function certificateTimestamp(keys: KeyPair, time: Date, tbs: Buffer, issuerKeyHash: Buffer): Buffer {
  const at = uint(time.getTime(), 8);
  const none = uint(0, 2);
  const precertificate = Buffer.concat([uint(1, 2), issuerKeyHash, uint(tbs.length, 3), tbs]);
  const signature = sign('sha256', Buffer.concat([uint(0, 2), at, precertificate, none]), keys.privateKey);
  const sha256WithEcdsa = uint(0x0403, 2);
  const sct = Buffer.concat([uint(0, 1), logId(keys), at, none, sha256WithEcdsa, uint(signature.length, 2), signature]);
  return extension(SCT_LIST, octets(uint(sct.length + 2, 2), uint(sct.length, 2), sct));
}

/** A log entry in a bundle, as protobuf JSON has it. Writable, so that a test can spoil it. */
export interface LogEntry {
  logIndex: string;
  logId: { keyId: string };
  kindVersion: { kind: string; version: string };
  /** Seconds since 1970. */
  integratedTime: string;
  inclusionPromise?: { signedEntryTimestamp: string };
  /** null: as the registry writes a proof that is not there. */
  inclusionProof: {
    logIndex: string;
    rootHash: string;
    treeSize: string;
    hashes: string[];
    checkpoint: { envelope: string };
  } | null;
  canonicalizedBody: string;
}

export interface EntryBody {
  readonly apiVersion: string;
  readonly kind: string;
  readonly spec: unknown;
}

/** Rekor's first generation: entries with a signed time (the promise) and a signed tree head (the checkpoint). */
export class RekorLog {
  readonly keys: KeyPair;
  readonly host: string;
  #size = 0;
  /** Roots of the perfect subtrees the leaves fill, the largest first: all that the next leaf's proof needs. */
  #roots: { readonly size: number; readonly hash: Buffer }[] = [];

  /** @param earlier entries of others, so that proofs are not empty */
  constructor(keys: KeyPair, host: string, earlier = 13) {
    this.keys = keys;
    this.host = host;
    for (let entry = 0; entry < earlier; entry += 1) this.#append(Buffer.from(`earlier entry ${entry}`));
  }

  /** @param body in the order of keys that canonical JSON (RFC 8785) has */
  add(body: EntryBody, time: Date, has: { readonly promise: boolean; readonly proof: boolean }): LogEntry {
    const canonical = Buffer.from(JSON.stringify(body));
    const proof = this.#append(canonical);
    const integratedTime = Math.floor(time.getTime() / 1000);
    // The index counts every shard of the log, the proof's index only the newest.
    const logIndex = 120_000_000 + proof.index;
    const id = logId(this.keys);
    const promised = JSON.stringify({
      body: canonical.toString('base64'),
      integratedTime,
      logID: id.toString('hex'),
      logIndex,
    });
    return {
      logIndex: String(logIndex),
      logId: { keyId: id.toString('base64') },
      kindVersion: { kind: body.kind, version: body.apiVersion },
      integratedTime: String(integratedTime),
      ...(has.promise && {
        inclusionPromise: {
          signedEntryTimestamp: sign('sha256', Buffer.from(promised), this.keys.privateKey).toString('base64'),
        },
      }),
      inclusionProof: has.proof
        ? {
            logIndex: String(proof.index),
            rootHash: proof.root.toString('base64'),
            treeSize: String(proof.index + 1),
            hashes: proof.hashes.map((hash) => hash.toString('base64')),
            checkpoint: { envelope: this.#checkpoint(proof.index + 1, proof.root) },
          }
        : null,
      canonicalizedBody: canonical.toString('base64'),
    };
  }

  /** Appends a leaf and proves it as the last of the tree (RFC 6962, 2.1). */
  #append(leaf: Buffer): { readonly index: number; readonly hashes: readonly Buffer[]; readonly root: Buffer } {
    const leafHash = sha256(Buffer.concat([uint(0, 1), leaf]));
    const hashes = this.#roots.map((subtree) => subtree.hash).reverse();
    const root = hashes.reduce((right, left) => nodeHash(left, right), leafHash);
    let grown = { size: 1, hash: leafHash };
    for (let last = this.#roots.at(-1); last?.size === grown.size; last = this.#roots.at(-1)) {
      grown = { size: grown.size * 2, hash: nodeHash(last.hash, grown.hash) };
      this.#roots.pop();
    }
    this.#roots.push(grown);
    this.#size += 1;
    return { index: this.#size - 1, hashes, root };
  }

  /** A signed note: https://github.com/transparency-dev/formats/blob/main/log/README.md */
  #checkpoint(treeSize: number, root: Buffer): string {
    const note = `${this.host} - ${randomInt(2 ** 40)}\n${treeSize}\n${root.toString('base64')}\n`;
    const signature = sign('sha256', Buffer.from(note), this.keys.privateKey);
    const hinted = Buffer.concat([logId(this.keys).subarray(0, 4), signature]);
    return `${note}\n\u2014 ${this.host} ${hinted.toString('base64')}\n`;
  }
}

const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([uint(1, 1), left, right]));

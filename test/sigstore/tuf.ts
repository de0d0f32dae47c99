/** A TUF repository (https://theupdateframework.github.io/specification/latest/) on a loopback HTTP server. */
import { sign } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { type KeyPair, keyPair, pem, sha256, spki } from './certificate.ts';

/** Text by target name; a name may have slashes. */
export type Targets = Readonly<Record<string, string>>;

export interface TufServer {
  /** Mirror URL, without a trailing slash. */
  readonly url: string;
  /** File with the root metadata to trust; gone after close. */
  readonly rootFile: string;
  /** Paths asked for, as sent. */
  readonly requests: readonly string[];
  /** Signs and serves these in place of the targets before. */
  setTargets(targets: Targets): void;
  /** Serves another text for a target; what was signed stays. */
  tamper(name: string, text: string): void;
  /** Signs a timestamp that has expired. */
  expire(): void;
  close(): Promise<void>;
}

const DAY = 24 * 60 * 60_000;

export async function startTuf(options: { readonly targets: Targets }): Promise<TufServer> {
  const repository = new Repository(options.targets);
  const directory = mkdtempSync(join(tmpdir(), 'tuf-root-'));
  const rootFile = join(directory, 'root.json');
  writeFileSync(rootFile, repository.files.get('/1.root.json') ?? '');

  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const body = repository.files.get(decodeURIComponent(path));
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  const port = await listening(server);

  return {
    url: `http://127.0.0.1:${port}`,
    rootFile,
    requests,
    setTargets: (targets) => repository.publish(targets),
    tamper: (name, text) => repository.tamper(name, text),
    expire: () => repository.stamp(new Date(Date.now() - DAY)),
    async close() {
      rmSync(directory, { recursive: true, force: true });
      server.closeAllConnections();
      if (server.listening) await once(server.close(), 'close');
    },
  };
}

async function listening(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

type Role = 'root' | 'targets' | 'snapshot' | 'timestamp';

/** The files of a repository with consistent snapshots: numbered metadata, targets named by their hash. */
class Repository {
  /** Body by URL path, decoded. */
  readonly files = new Map<string, string>();
  readonly #keys: Record<Role, KeyPair> = {
    root: keyPair(),
    targets: keyPair(),
    snapshot: keyPair(),
    timestamp: keyPair(),
  };
  readonly #soon = new Date(Date.now() + DAY);
  #targets: Targets = {};
  #version = 0;
  #timestamps = 0;

  constructor(targets: Targets) {
    const keys = Object.values(this.#keys).map(({ publicKey }) => [keyId(publicKey), keyObject(publicKey)]);
    const roles = Object.entries(this.#keys).map(([role, { publicKey }]) => [
      role,
      { keyids: [keyId(publicKey)], threshold: 1 },
    ]);
    const content = { consistent_snapshot: true, keys: Object.fromEntries(keys), roles: Object.fromEntries(roles) };
    this.#sign('root', 1, this.#soon, content, '/1.root.json');
    this.publish(targets);
  }

  publish(targets: Targets): void {
    this.#version += 1;
    const version = this.#version;
    const described = Object.entries(targets).map(([name, text]) => {
      this.files.set(pathOf(name, text), text);
      return [name, { length: Buffer.byteLength(text), hashes: { sha256: hex(text) } }];
    });
    this.#sign('targets', version, this.#soon, { targets: Object.fromEntries(described) }, `/${version}.targets.json`);
    const meta = { 'targets.json': { version } };
    this.#sign('snapshot', version, this.#soon, { meta }, `/${version}.snapshot.json`);
    this.#targets = targets;
    this.stamp(this.#soon);
  }

  stamp(expires: Date): void {
    this.#timestamps += 1;
    const meta = { 'snapshot.json': { version: this.#version } };
    this.#sign('timestamp', this.#timestamps, expires, { meta }, '/timestamp.json');
  }

  tamper(name: string, text: string): void {
    const signed = this.#targets[name];
    if (signed === undefined) throw new Error(`no target has the name ${name}`);
    this.files.set(pathOf(name, signed), text);
  }

  #sign(role: Role, version: number, expires: Date, content: object, path: string): void {
    const { publicKey, privateKey } = this.#keys[role];
    const wholeSeconds = expires.toISOString().replace(/\.\d+/, '');
    const signed = { _type: role, spec_version: '1.0.31', version, expires: wholeSeconds, ...content };
    const sig = sign('sha256', Buffer.from(canonical(signed)), privateKey).toString('hex');
    this.files.set(path, JSON.stringify({ signatures: [{ keyid: keyId(publicKey), sig }], signed }));
  }
}

const hex = (text: string) => sha256(Buffer.from(text)).toString('hex');

/** The hash goes before the last part of the name. */
function pathOf(name: string, text: string): string {
  const { dir, base } = posix.parse(name);
  return posix.join('/targets', dir, `${hex(text)}.${base}`);
}

const keyObject = (key: KeyPair['publicKey']) => ({
  keytype: 'ecdsa',
  scheme: 'ecdsa-sha2-nistp256',
  keyval: { public: pem('PUBLIC KEY', spki(key)) },
});

const keyId = (key: KeyPair['publicKey']) => hex(canonical(keyObject(key)));

/** OLPC canonical JSON, which signatures are made over: sorted keys, and only quotes and backslashes escaped. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${canonical(key)}:${canonical(member)}`).join(',')}}`;
}

/**
 * A registry on the loopback interface whose packages are made in memory and which takes new releases while it runs:
 * packuments in both forms, tarballs with correct sha512 and sha1, dist-tags and times.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { gzipSync } from 'node:zlib';

export interface Publication {
  /** Tags that point at this version from now on; `latest` unless told. An empty list moves none. */
  readonly tags?: readonly string[];
  /** 2025-01-01 unless told: long before any release-age gate counts. */
  readonly at?: Date;
  /** Files of the tarball besides its package.json, by path below the package. */
  readonly files?: Readonly<Record<string, string>>;
}

export type Manifest = Readonly<Record<string, unknown>>;

export interface RelockRegistry {
  /** http://127.0.0.1:port/ */
  readonly url: string;
  publish(name: string, version: string, manifest?: Manifest, publication?: Publication): void;
  /** Points a tag at a version, which need not be the newest. */
  tag(name: string, tag: string, version: string): void;
  /** The tags of a package, by name. */
  tags(name: string): Readonly<Record<string, string>>;
  close(): Promise<void>;
}

interface Made {
  readonly versions: Map<string, Manifest>;
  readonly times: Map<string, string>;
  readonly tags: Map<string, string>;
}

const LONG_AGO = new Date('2025-01-01T00:00:00.000Z');
/** What npm's abbreviated form keeps of a manifest. */
const ABBREVIATED = [
  'name',
  'version',
  'bin',
  'bundleDependencies',
  'dependencies',
  'dist',
  'engines',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
];

/** Starts an empty registry. Unknown packages are 404, whatever else is asked too. */
export async function openRegistry(): Promise<RelockRegistry> {
  const packages = new Map<string, Made>();
  const tarballs = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0]!).slice(1);
    const tarball = tarballs.get(path);
    if (tarball !== undefined) {
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': tarball.length });
      response.end(tarball);
      return;
    }
    const made = packages.get(path);
    const abbreviated = wantsAbbreviated(request);
    const type = abbreviated ? 'application/vnd.npm.install-v1+json' : 'application/json';
    response.writeHead(made === undefined ? 404 : 200, { 'content-type': type });
    response.end(JSON.stringify(made === undefined ? { error: 'Not found' } : packument(path, made, abbreviated)));
  });
  // A connection kept alive must not be closed just as a busy client uses it again.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}/`;
  const known = (name: string): Made => {
    const made = packages.get(name);
    if (made === undefined) throw new Error(`${name} was never published`);
    return made;
  };
  return {
    url,
    publish(name, version, manifest = {}, { tags = ['latest'], at = LONG_AGO, files = {} } = {}) {
      const made: Made = packages.get(name) ?? { versions: new Map(), times: new Map(), tags: new Map() };
      packages.set(name, made);
      const own = { name, version, ...manifest };
      const tarball = tarballOf({ 'package.json': JSON.stringify(own), ...files });
      const path = `${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
      tarballs.set(path, tarball);
      const dist = {
        tarball: `${url}${path}`,
        integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}`,
        shasum: createHash('sha1').update(tarball).digest('hex'),
      };
      made.versions.set(version, { ...own, dist });
      made.times.set(version, at.toISOString());
      // Registries have a `latest` from the first release on.
      for (const tag of made.versions.size === 1 ? ['latest', ...tags] : tags) made.tags.set(tag, version);
    },
    tag: (name, tag, version) => known(name).tags.set(tag, version),
    tags: (name) => Object.fromEntries(known(name).tags),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function wantsAbbreviated(request: IncomingMessage): boolean {
  return request.headers.accept?.includes('application/vnd.npm.install-v1+json') ?? false;
}

function packument(name: string, { versions, times, tags }: Made, abbreviated: boolean): unknown {
  const manifest = (whole: Manifest) =>
    abbreviated ? Object.fromEntries(Object.entries(whole).filter(([key]) => ABBREVIATED.includes(key))) : whole;
  const dates = [...times.values()].sort();
  return {
    name,
    'dist-tags': Object.fromEntries(tags),
    versions: Object.fromEntries([...versions].map(([version, whole]) => [version, manifest(whole)])),
    modified: dates.at(-1),
    ...(!abbreviated && {
      _id: name,
      time: { created: dates[0], modified: dates.at(-1), ...Object.fromEntries(times) },
    }),
  };
}

/** A gzipped ustar archive of text files below `package/`. */
function tarballOf(files: Readonly<Record<string, string>>): Buffer {
  const blocks = Object.entries(files).flatMap(([path, text]) => {
    const content = Buffer.from(text);
    const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
    return [tarHeader(`package/${path}`, content.length), content, padding];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

/** The 512 bytes before a regular file (POSIX.1-1988, ustar): name, mode, owners, size, time, checksum, type, magic. */
function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(1_700_000_000, 11), 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/**
 * A registry in a process of its own, so that it takes nothing from the thread that is measured: forked by
 * bench/evidence-registry.mjs. All answers are made, signed and compressed before it is ready.
 *
 * Messages in: { packages: [name, [version, integrity][]][], latency } first and then
 * 'counts', which starts counting anew. Every one is answered by one message.
 */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import compare from 'semver/functions/compare.js';
import parse from 'semver/functions/parse.js';
import { describedPackages, restOfManifest, unread } from './registry-packages.mjs';
import { signing } from './registry-signing.mjs';

const ATTESTATIONS = '/-/npm/v1/attestations/';
const KEYS = '/-/npm/v1/keys';
const KEEP_ALIVE = 60_000;
/** As quick as it gets: nobody measures how well it compresses. */
const LEVEL = 1;

const answers = new Map();
let latency = 0;
let counts = none();
let seen = new Set();

const server = createServer((request, response) => {
  const path = decodeURIComponent(request.url ?? '');
  counts[path.startsWith(ATTESTATIONS) ? 'attestations' : path === KEYS ? 'keys' : 'packages']++;
  if (seen.has(path)) counts.repeated++;
  seen.add(path);
  setTimeout(() => answer(request, response, answers.get(path)), latency);
});
server.keepAliveTimeout = KEEP_ALIVE;

function answer(request, response, found) {
  if (found === undefined) {
    counts.unknown++;
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    return;
  }
  // As a registry lets caches do: good for five minutes, then to be asked about.
  const headers = { etag: found.etag, 'cache-control': 'public, max-age=300', vary: 'accept-encoding, accept' };
  if (request.headers['if-none-match'] === found.etag) {
    counts.unchanged++;
    response.writeHead(304, headers).end();
    return;
  }
  const kind = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  response.writeHead(200, { ...headers, ...kind, 'content-length': found.body.length }).end(found.body);
}

function serve(path, text) {
  const body = gzipSync(text, { level: LEVEL });
  answers.set(path, { body, etag: `"${createHash('sha1').update(body).digest('hex')}"` });
  return { text: Buffer.byteLength(text), body: body.length };
}

async function ready({ packages, latency: milliseconds }) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const { createSigstore, madeRegistry, sha512Of, OLD_KEY_ID, NEW_KEY_ID } = await signingWithIds();
  const sigstore = createSigstore();
  const registry = madeRegistry(url);
  const wanted = new Map(packages.map(([name, pinned]) => [name, new Map(pinned)]));
  const names = [...wanted.keys()];
  const sizes = { releases: 0, text: 0, body: 0, pinned: 0, attested: 0, before: 0 };
  for (const { name, releases } of describedPackages(wanted, { sha512Of, compare })) {
    const repository = `https://github.com/acme/${name.replace(/^@/, '').replace('/', '-')}`;
    const rest = restOfManifest(name, names);
    const needed = asked(releases);
    const described = releases.map((release) => {
      const { version, integrity, published, attested, pinned, old } = release;
      const about = { name, version, integrity, keyId: old ? OLD_KEY_ID : NEW_KEY_ID };
      if (attested && needed.has(release)) {
        const logged = { ...about, loggedAt: published };
        const publish = sigstore.publishAttestation({ ...logged, registry: url.replace(/\/$/, '') });
        const provenance = sigstore.provenance({ ...logged, predicate: 'v1', repository });
        serve(`${ATTESTATIONS}${name}@${version}`, sigstore.response(publish, provenance));
      }
      if (pinned) sizes.pinned++;
      if (pinned && attested) sizes.attested++;
      if (!pinned && attested && needed.has(release)) sizes.before++;
      return {
        version,
        integrity,
        published,
        attested,
        signatures: [pinned ? sigstore.signRelease(about) : { keyid: about.keyId, sig: unread() }],
        repository: { type: 'git', url: `git+${repository}.git` },
        manifest: rest,
      };
    });
    const { text, body } = serve(`/${name}`, JSON.stringify(registry.packument({ name, releases: described })));
    sizes.releases += releases.length;
    sizes.text += text;
    sizes.body += body;
  }
  serve(KEYS, sigstore.keys());
  latency = milliseconds;
  return { url, trustedRoot: sigstore.trustedRoot, keys: sigstore.keys(), sizes };
}

/** Releases whose attestations may be asked for, as only they are signed: those pinned, and the one before each of them. */
function asked(releases) {
  const needed = new Set();
  releases.forEach((release, at) => {
    if (!release.pinned) return;
    needed.add(release);
    const { prerelease } = parse(release.version);
    const before = releases.slice(0, at).findLast(({ version }) => {
      const other = parse(version);
      return (prerelease.length > 0 || other.prerelease.length === 0) && other.compareMain(release.version) < 0;
    });
    if (before !== undefined) needed.add(before);
  });
  return needed;
}

async function signingWithIds() {
  const made = await signing();
  const [old, now] = JSON.parse(made.createSigstore().keys()).keys.filter(
    ({ keyUsage }) => keyUsage === 'npm:signatures',
  );
  return { ...made, OLD_KEY_ID: old.keyId, NEW_KEY_ID: now.keyId };
}

function none() {
  return { packages: 0, attestations: 0, keys: 0, unknown: 0, unchanged: 0, repeated: 0 };
}

function taken() {
  const before = counts;
  counts = none();
  seen = new Set();
  return before;
}

const QUESTIONS = { counts: taken, paths: () => [...answers.keys()] };

process.on('message', async (message) => {
  process.send(typeof message === 'string' ? QUESTIONS[message]() : await ready(message));
});
process.on('disconnect', () => process.exit());

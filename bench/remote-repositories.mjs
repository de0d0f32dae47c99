/** Repositories of made services, as git has them and as the interfaces of hosts tell of them. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files beside those that matter, as a repository of a service has them. */
const SOURCES = 200;
const LINES = 40;

/**
 * @param {string} fleet a directory of services, each of which becomes repositories
 * @param {string} root where they are made
 * @param {number} count repositories
 */
export function makeRepositories(fleet, root, count) {
  const services = readdirSync(fleet, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return Array.from({ length: count }, (_, at) => {
    const service = join(fleet, services[at % services.length].name);
    const name = `service-${at}`;
    const files = { ...ownOf(filesOf(service), at), 'README.md': `service ${at}` };
    return { name, commit: makeRepository(join(root, 'acme', name), files), entries: entriesOf(files) };
  });
}

/** No two repositories share a lockfile or a manifest: as many spaces at the end as make it the only one. */
function ownOf(files, at) {
  const isOwn = (path) => /(?:package\.json|lock[^/]*)$/.test(path);
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, isOwn(path) ? `${text}\n${' '.repeat(at)}\n` : text]),
  );
}

function filesOf(directory) {
  const files = {};
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[path.slice(directory.length + 1)] = readFileSync(path, 'utf8');
  }
  for (let at = 0; at < SOURCES; at++) files[`src/part-${at % 10}/file-${at}.js`] = sourceOf(at);
  return files;
}

/** Text that packs to about half, as code does. */
function sourceOf(seed) {
  return Array.from({ length: LINES }, (_, line) => createHash('sha256').update(`${seed} ${line}`).digest('hex')).join(
    '\n',
  );
}

function makeRepository(path, files) {
  mkdirSync(path, { recursive: true });
  const git = (args, input = '') =>
    execFileSync('git', [`--git-dir=${path}`, ...args], { input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  git(['init', '--bare', '--template=', '-b', 'main', path]);
  git(['config', 'uploadpack.allowFilter', 'true']);
  const entries = Object.entries(files).map(
    ([name, text]) => `M 100644 inline ${name}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  );
  git(
    ['fast-import', '--quiet'],
    `commit refs/heads/main\ncommitter a <a@b> 1700000000 +0000\ndata 1\nx\n${entries.join('')}\n`,
  );
  return git(['rev-parse', 'main']).trim();
}

/** Blobs alone: of directories nobody needs more than their paths. */
function entriesOf(files) {
  return Object.entries(files).map(([path, text]) => {
    const id = createHash('sha1')
      .update(`blob ${Buffer.byteLength(text)}\0${text}`)
      .digest('hex');
    return { path, id, text };
  });
}

/**
 * The history of a lockfile, of 1,000 commits: walking it against reading its distinct contents alone. Where every version
 * names the package each is parsed once; where one in ten does, the others are told clean from their bytes.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from './built.mjs';
import { race } from './race.mjs';

const COMMITS = 1000;
const PACKAGES = 800;
/** Commits that come back to a content that was there before, or change something else. */
const REPEATED = 4;
/** The walk over reading and parsing every distinct content once. */
const TARGET = 1.5;
const ENV = {
  PATH: process.env.PATH,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_DATE: '1700000000 +0000',
};

export async function measureHistory({ quick }) {
  const commits = quick ? COMMITS / 10 : COMMITS;
  const directory = mkdtempSync(join(tmpdir(), 'spof-deps-bench-'));
  try {
    const repository = make(join(directory, 'repository'), commits);
    const ids = contents(repository);
    const rounds = quick ? 1 : 2;
    const name = `history: ${commits} commits, ${ids.length} distinct lockfiles of ${PACKAGES} packages`;
    return [
      ...(await measure(`${name}, all suspect`, repository, ids, 'package-1@>=0.0.0', rounds)),
      ...(await measure(`${name}, a tenth suspect`, repository, ids, `marker@9.9.9`, rounds)),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measure(name, repository, ids, spec, rounds) {
  const [{ historyOf }, { run }, { IncidentBuilder }, { versionsOf }, { readContent }] = await Promise.all(
    ['history/index.js', 'run.js', 'incidents/builder.js', 'incidents/versions.js', 'lockfiles/read-found.js'].map(
      built,
    ),
  );
  const [wanted, versions] = spec.split('@');
  const builder = new IncidentBuilder();
  builder.add(wanted, versionsOf(versions), { file: '' });
  const { packages } = builder.build();
  const ran = await run({ sources: [repository], config: false, verify: false, layers: [] });
  const options = { window: {}, allBranches: false, offline: true, env: ENV };
  const { exposures, counts } = await historyOf(ran, packages, options);
  if (exposures.length === 0 || counts.contents !== ids.length) throw new Error(`${name}: ${JSON.stringify(counts)}`);
  const { walk, parsing, reading } = await race(
    {
      parsing: async () => {
        for (const bytes of await blobsOf(repository, ids)) {
          await readContent({ path: 'package-lock.json', format: 'npm', bytes, siblings: ALONE });
        }
      },
      reading: () => blobsOf(repository, ids),
      walk: () => historyOf(ran, packages, options),
    },
    rounds,
  );
  const ofContents = (value) => ({ value: value / ids.length, unit: 'ms per distinct lockfile' });
  return [
    { name, ...ofContents(walk), ratio: walk / parsing, against: 'reading and parsing each once', target: TARGET },
    { name, ...ofContents(walk), ratio: walk / reading, against: 'git cat-file of each', target: null },
  ];
}

const ALONE = { read: () => undefined, packageDirectories: () => [] };

/** Contents by their ids, through one git process: the floor of any walk. */
async function blobsOf(repository, ids) {
  const child = spawn('git', ['-C', repository, 'cat-file', '--batch'], {
    env: ENV,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(ids.map((id) => `${id}\n`).join(''));
  const pieces = [];
  for await (const piece of child.stdout) pieces.push(piece);
  const all = Buffer.concat(pieces);
  const blobs = [];
  for (let at = 0; at < all.length; ) {
    const end = all.indexOf(10, at);
    const size = Number(all.toString('latin1', at, end).split(' ')[2]);
    blobs.push(all.subarray(end + 1, end + 1 + size));
    at = end + size + 2;
  }
  return blobs;
}

function contents(repository) {
  const listed = git(repository, 'log', '--format=', '--raw', '--no-abbrev', '--', 'package-lock.json');
  return [...new Set(listed.split('\n').flatMap((line) => (line.startsWith(':') ? [line.split(' ')[3]] : [])))];
}

function make(root, commits) {
  execFileSync('git', ['init', '--quiet', '-b', 'main', root], { env: ENV });
  const stream = Array.from({ length: commits }, (_, at) => commit(at));
  execFileSync('git', ['-C', root, 'fast-import', '--quiet'], { env: ENV, input: stream.join('') });
  git(root, 'repack', '-adq');
  git(root, 'checkout', '--quiet', '--force', 'main');
  return root;
}

function commit(at) {
  const isRepeated = at % REPEATED === REPEATED - 1;
  const files = isRepeated
    ? { 'package.json': manifest(at), 'src/index.js': `${at}` }
    : { 'package-lock.json': lockfile(at), ...(at === 0 ? { 'package.json': manifest(0) } : {}) };
  const entries = Object.entries(files).map(
    ([path, text]) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
  );
  return `commit refs/heads/main\ncommitter a <a@b> ${1_700_000_000 + at * 3600} +0000\ndata 1\nx\n${entries.join('')}\n`;
}

function manifest(at) {
  return JSON.stringify({ name: 'big', version: `1.0.${at}`, dependencies: { 'package-0': '^1.0.0' } });
}

/** Each commit moves some packages on; in every tenth a package is there that the others do not have. */
function lockfile(at) {
  const names = Array.from({ length: PACKAGES }, (_, n) => `package-${n}`);
  const entries = names.map((name, n) => {
    const version = `1.${Math.floor((at + n) / PACKAGES)}.${n % 7 === at % 7 ? at : 0}`;
    const next = [2 * n + 1, 2 * n + 2].filter((other) => other < PACKAGES);
    const dependencies = Object.fromEntries(next.map((other) => [`package-${other}`, '^1.0.0']));
    const integrity = `sha512-${Buffer.alloc(64, `${name}${version}`).toString('base64')}`;
    const resolved = `https://registry.example/${name}/-/${name}-${version}.tgz`;
    return [`node_modules/${name}`, { version, resolved, integrity, dependencies }];
  });
  const isMarked = Math.floor(at / REPEATED) % 10 === 0;
  const marker = isMarked ? [['node_modules/marker', { version: '9.9.9' }]] : [];
  const root = { name: 'big', dependencies: { 'package-0': '^1.0.0', ...(isMarked ? { marker: '9.9.9' } : {}) } };
  const packages = Object.fromEntries([['', root], ...entries, ...marker]);
  return JSON.stringify({ name: 'big', lockfileVersion: 3, packages }, null, 2);
}

function git(root, ...args) {
  return execFileSync('git', ['-C', root, ...args], { env: ENV, encoding: 'utf8', maxBuffer: 1 << 28 });
}

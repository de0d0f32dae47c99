/**
 * node bench/npm-audit.mjs: `spof-deps verify` beside `npm audit signatures` on one installed tree and one registry, each
 * as a whole process, in turn, with empty caches but for npm's TUF cache (fillTufCache says why). The build in dist/ (or
 * SPOF_DIST) is measured; the registry and npm are those of the tests (test/referees/npm-audit-signatures/), compiled to
 * a directory that is removed again.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { median } from './race.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = resolve(process.env.SPOF_DIST ?? join(ROOT, 'dist'), 'bin.js');
const HELPERS = 'test/referees/npm-audit-signatures';
const PACKAGES = 60;
/** Milliseconds before each answer of the registry. */
const LATENCY = 30;
const ROUNDS = 7;

const cache = join(ROOT, 'node_modules/.cache');
mkdirSync(cache, { recursive: true });
const helpers = mkdtempSync(join(cache, 'npm-audit-'));
try {
  compile(helpers);
  const load = (file) => import(pathToFileURL(join(helpers, HELPERS, file)).href);
  const [{ findNpm, environment, runNode }, { startRegistries }, { installTrees }, { plainPackages }] =
    await Promise.all(['npm.js', 'registries.js', 'trees.js', 'plain.js'].map(load));
  const npm = findNpm();
  if (npm === undefined) throw new Error('there is no npm that verifies attestations');

  const packages = plainPackages(PACKAGES);
  const registries = await startRegistries(packages, { latency: LATENCY });
  const installed = await installTrees(npm, registries, { all: packages.map(({ name }) => name) });
  registries.sign();
  try {
    const { tuf, servers } = registries;
    const trusted = ['--tuf-mirror', tuf.url, '--tuf-root', tuf.rootFile];
    const verify = [BIN, 'verify', installed.directory, '--json', ...trusted];
    const ours = (cache) =>
      runNode(verify, { ...environment(installed.user), XDG_CACHE_HOME: cache }, installed.directory);
    const emptyCache = () => mkdtempSync(join(installed.user.home, 'cache-'));
    let kept;
    const contenders = {
      npm: () => installed.audit('all', ['--json']),
      ours: () => {
        kept = emptyCache();
        return ours(kept);
      },
      again: () => ours(kept),
    };

    const samples = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, run] of Object.entries(contenders)) {
        const before = { registry: servers.tuf.requests.length, tuf: tuf.requests.length };
        const start = performance.now();
        const { code, stderr } = await run();
        const ms = performance.now() - start;
        if (code !== 0) throw new Error(`${name} gave ${code}: ${stderr}`);
        const requests = servers.tuf.requests.length - before.registry;
        const tufRequests = tuf.requests.length - before.tuf;
        // The first round warms what belongs to neither: the registry's code and the pages of the files.
        if (round > 0) samples[name].push({ ms, requests, tufRequests });
      }
    }

    const figures = Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, figuresOf(all)]));
    const attested = packages.filter(({ isAttested }) => isAttested).length;
    console.log(`npm ${npm.version}, pacote ${npm.pacote}, node ${process.version}`);
    console.log(`${PACKAGES} packages, ${attested} of them attested; ${LATENCY} ms; median of ${ROUNDS} rounds`);
    const words = { npm: 'npm audit signatures', ours: 'spof-deps verify', again: 'spof-deps verify again' };
    for (const [name, { ms, requests, tufRequests }] of Object.entries(figures)) {
      const ratios = `${(ms / figures.npm.ms).toFixed(2)}x time, ${(requests / figures.npm.requests).toFixed(2)}x requests`;
      console.log(
        `${words[name].padEnd(24)} ${ms.toFixed(0).padStart(5)} ms ${requests} requests (TUF ${tufRequests})  ${ratios}`,
      );
    }
  } finally {
    installed.remove();
    await registries.close();
  }
} finally {
  rmSync(helpers, { recursive: true, force: true });
}

function figuresOf(all) {
  const of = (key) => median(all.map((sample) => sample[key]));
  return { ms: of('ms'), requests: of('requests'), tufRequests: of('tufRequests') };
}

/** Puts the helpers as JavaScript into a directory, in the layout of the repository. */
function compile(out) {
  const tsconfig = join(out, 'tsconfig.json');
  writeFileSync(join(out, 'package.json'), readFileSync(join(ROOT, 'package.json')));
  writeFileSync(
    tsconfig,
    JSON.stringify({
      extends: join(ROOT, 'tsconfig.json'),
      compilerOptions: { noEmit: false, rootDir: ROOT, outDir: out, typeRoots: [join(ROOT, 'node_modules/@types')] },
      include: [join(ROOT, HELPERS, '*.ts')],
    }),
  );
  const tsc = join(dirname(fileURLToPath(import.meta.resolve('typescript/package.json'))), 'bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', tsconfig], { stdio: 'inherit' });
  copyFileSync(join(ROOT, HELPERS, 'tuf-mirror.cjs'), join(out, HELPERS, 'tuf-mirror.cjs'));
}

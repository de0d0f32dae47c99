/** Recorded incidents against every lockfile of the corpus: found where a search of the text says they are, and nowhere else. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { impactOf } from '../../src/analysis/impact/impact.ts';
import { BadVersionTest, MATCH, matchesOf } from '../../src/analysis/impact/match.ts';
import { withImplicitSystems } from '../../src/analysis/systems.ts';
import { LockfileError } from '../../src/diagnostics.ts';
import { notAsked } from '../../src/evidence/evidence.ts';
import { Fleet } from '../../src/graph/fleet.ts';
import { defaultServices } from '../../src/graph/services.ts';
import { IncidentBuilder } from '../../src/incidents/builder.ts';
import { readIncidentList } from '../../src/incidents/list.ts';
import { formatOf, readLockfile } from '../../src/lockfiles/index.ts';
import { CORPUS, corpusEntries, hasCorpus, inputOf } from '../readers.ts';

const INCIDENTS = join(CORPUS, '..', 'incidents', 'incidents.json');
const has = hasCorpus && existsSync(INCIDENTS);

if (!has) console.log('incidents: the corpus or the recorded incidents are absent, nothing compared');

/** Lockfiles whose text a plain search can tell names and versions of; SBOMs have names in other places too. */
const KINDS = ['npm-package-lock', 'npm-shrinkwrap', 'pnpm', 'yarn-classic', 'yarn-berry', 'bun'];

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** Entries of a package in the text of a lockfile, by the looks of each kind. */
function searched(kind: string, text: string, name: string): (string | undefined)[] {
  const of = escaped(name);
  const patterns: Readonly<Record<string, readonly RegExp[]>> = {
    npm: [
      new RegExp(`"(?:[^"\\n]*/)?node_modules/${of}": \\{\\s+"version": "([^"]+)"`, 'g'),
      new RegExp(`^ {4,}"${of}": \\{\\s+"version": "([^"]+)"`, 'gm'),
      // Under an alias.
      new RegExp(`node_modules/[^"\\n]+": \\{\\s+"name": "${of}",\\s+"version": "([^"]+)"`, 'g'),
      new RegExp(`"version": "npm:${of}@([^"]+)"`, 'g'),
    ],
    pnpm: [
      new RegExp(`^ {2}'?/?${of}[@/](\\d[^:'(_/]*)[^:]*:(?: |$)`, 'gm'),
      new RegExp(`^ {4}bundledDependencies:\\n(?: {6}- [^\\n]*\\n)*? {6}- '?${of}'?()$`, 'gm'),
    ],
    yarn: [new RegExp(`^"?(?:[^\\n]*, "?)?${of}@[^\\n]*:\\n {2}version:? "?([^"\\n]+)"?\\n`, 'gm')],
    bun: [new RegExp(`^ {4}"[^"]+": \\["${of}@(\\d[^"]*)"`, 'gm')],
  };
  const family = kind.startsWith('npm') ? 'npm' : kind.startsWith('yarn') ? 'yarn' : kind;
  const found = (patterns[family] ?? []).flatMap((pattern) =>
    [...text.matchAll(pattern)].map(([, version]) => version),
  );
  // What is bundled has no version there.
  return found.map((version) => (version === '' ? undefined : version));
}

async function reading(dir: string, path: string) {
  const input = inputOf(join(CORPUS, dir, path));
  return { graph: await readLockfile(formatOf(basename(path)) ?? 'unknown', input), text: input.text };
}

describe.skipIf(!has)('recorded incidents', () => {
  const builder = new IncidentBuilder();
  if (has) readIncidentList(readFileSync(INCIDENTS, 'utf8'), 'incidents.json', builder);
  const list = builder.build();
  const tests = list.packages.map((bad) => new BadVersionTest(bad));

  it('are read as a whole', () => {
    expect([list.unreadable, list.lists[0]?.form]).toEqual([0, 'json']);
    expect(list.packages.length).toBeGreaterThan(30);
  });

  it('are found where the text has them, and nowhere else', async () => {
    const fleet = new Fleet();
    const differing: string[] = [];
    let [read, entries, bad] = [0, 0, 0];
    for (const { dir, path, kind } of corpusEntries(...KINDS)) {
      const found = await reading(dir, path).catch((error: unknown) => error);
      if (found instanceof LockfileError) continue;
      if (found instanceof Error) throw found;
      const { graph, text } = found as Awaited<ReturnType<typeof reading>>;
      read++;
      const alone = new Fleet();
      alone.add(`${dir}/${path}`, graph);
      fleet.add(`${dir}/${path}`, graph);
      const { entry, match } = matchesOf(alone, list.packages, tests);
      for (const [at, { name }] of list.packages.entries()) {
        const ours = new Set<string>();
        for (let c = 0; c < entry.length; c++) {
          if (entry[c] !== at || alone.component(c).source === 'workspace') continue;
          const isBad = match[c] === MATCH.bad ? 'bad' : match[c] === MATCH.unknown ? 'unknown' : 'other';
          ours.add(`${name}@${alone.component(c).version} ${isBad}`);
        }
        const wanted = new Set<string>();
        for (const version of searched(kind, text.replaceAll('\r\n', '\n'), name)) {
          const isBad = tests[at]!.of(version);
          wanted.add(`${name}@${version} ${isBad === undefined ? 'unknown' : isBad ? 'bad' : 'other'}`);
        }
        entries += wanted.size;
        bad += [...wanted].filter((each) => each.endsWith(' bad')).length;
        const [a, b] = [[...ours].sort().join(), [...wanted].sort().join()];
        if (a !== b) differing.push(`${dir}/${path} ${name}: found [${a}], in the text [${b}]`);
      }
    }
    console.log(
      `incidents: ${list.packages.length} packages, ${read} lockfiles, ${entries} entries, ${bad} of them bad`,
    );
    expect(differing).toEqual([]);
    const services = fleet.lockfiles.flatMap((lockfile, index) =>
      defaultServices(fleet, lockfile).map((project) => ({
        name: `${lockfile.path}:${project}`,
        lockfile: index,
        project,
        weight: 1,
      })),
    );
    const systems = withImplicitSystems([], services);
    const of = {
      fleet,
      services,
      systems,
      guards: [],
      scope: 'all' as const,
      evidence: notAsked(fleet.componentCount),
    };
    const impact = impactOf(of, list.packages);
    const { entry, match } = matchesOf(fleet, list.packages, tests);
    const holding = fleet.lockfiles.filter(({ component }) =>
      component.some((c) => entry[c]! >= 0 && match[c] === MATCH.bad),
    );
    const told = new Set([
      ...impact.hits.filter(({ status }) => status === 'locked').map(({ service }) => services[service]!.lockfile),
      ...impact.unreached.map(({ lockfile }) => lockfile),
    ]);
    expect([...told].map((at) => fleet.lockfiles[at]!.path).sort()).toEqual(holding.map(({ path }) => path).sort());
  });
});

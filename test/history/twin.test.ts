/** Histories at random against a twin that checks out every commit of the first-parent line and asks what it locks. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { impactOf } from '../../src/analysis/impact/impact.ts';
import { run } from '../../src/run.ts';
import { scratch } from '../cli/harness.ts';
import { gitEnv } from '../sources/git/made.ts';
import { FILE_NAMES, FORMATS, lock, type MadeFormat, manifest } from './lockfiles.ts';
import { bad, MadeHistory, walked } from './made.ts';

const VERSIONS = [undefined, '5.6.0', '5.6.1', '5.6.2', '5.6.11'] as const;
const SERVICES = ['pay', 'till', 'stock'] as const;
const LIST = bad('chalk@5.6.1 || 5.6.2', 'debug@4.4.9');

/** What a commit does to one service. */
type Change =
  | { readonly does: 'lock'; readonly service: number; readonly version: number; readonly format: MadeFormat }
  | { readonly does: 'move'; readonly service: number; readonly to: number }
  | { readonly does: 'delete' | 'touch' | 'drop'; readonly service: number; readonly format: MadeFormat };

interface Planned {
  readonly changes: readonly Change[];
  /** On a branch of its own, which is merged by the next commit. */
  readonly aside: boolean;
  /** Days, in whatever order. */
  readonly at: number;
}

const service = fc.nat({ max: SERVICES.length - 1 });
const format = fc.constantFrom(...FORMATS);
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      does: fc.constant('lock' as const),
      service,
      version: fc.nat({ max: VERSIONS.length - 1 }),
      format,
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('move' as const), service, to: fc.nat({ max: 3 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constantFrom('delete' as const, 'touch' as const, 'drop' as const),
      service,
      format,
    }),
  },
);
const plan: fc.Arbitrary<Planned[]> = fc.array(
  fc.record({
    changes: fc.array(change, { minLength: 1, maxLength: 2 }),
    aside: fc.boolean(),
    at: fc.nat({ max: 1000 }),
  }),
  { minLength: 2, maxLength: 9 },
);

/** The repository that a plan makes, and where each service was at each commit of main. */
function madeBy(planned: readonly Planned[]) {
  const made = new MadeHistory();
  const places: string[] = [...SERVICES];
  const files = new Map<string, string>([['README.md', '0']]);
  const where: string[][] = [];
  const commit = (changes: Record<string, string | null>, at: number, options = {}): void => {
    made.commit(changes, { at: 1_757_000_000 + at * 86_400, ...options });
    where.push([...places]);
  };
  commit({ 'README.md': '0' }, 0);
  for (const [count, { changes, aside, at }] of planned.entries()) {
    const before = new Map(files);
    const touched = new Set<number>();
    for (const each of changes) {
      // Two things at once with one service are more than a commit tells apart.
      if (touched.has(each.service)) continue;
      touched.add(each.service);
      apply(each, places, files, count);
    }
    files.set('README.md', String(count + 1));
    const told: Record<string, string | null> = {};
    for (const [path, text] of files) if (before.get(path) !== text) told[path] = text;
    for (const path of before.keys()) if (!files.has(path)) told[path] = null;
    if (!aside) {
      commit(told, at);
      continue;
    }
    made.commit(told, { branch: `side-${count}`, from: 'main', at: 1_757_000_000 + at * 86_400 });
    commit({ 'OTHER.md': String(count) }, at);
    where[where.length - 1] = where[where.length - 2]!;
    commit(told, at + 1, { merge: `side-${count}` });
  }
  return { made, where };
}

function apply(each: Change, places: string[], files: Map<string, string>, count: number): void {
  const name = SERVICES[each.service]!;
  const place = places[each.service]!;
  const own = [...files.keys()].filter((path) => path.startsWith(`${place}/`));
  if (each.does === 'lock') {
    files.set(`${place}/package.json`, files.get(`${place}/package.json`) ?? manifest(name));
    files.set(`${place}/${FILE_NAMES[each.format]}`, lock(each.format, VERSIONS[each.version], name));
  } else if (each.does === 'drop') files.delete(`${place}/${FILE_NAMES[each.format]}`);
  else if (each.does === 'delete') for (const path of own) files.delete(path);
  else if (own.length > 0 && each.does === 'touch') {
    files.set(`${place}/package.json`, manifest(name).replace('1.0.0', `1.0.${count}`));
  } else if (own.length > 0 && each.does === 'move') {
    const to = `moved-${each.to}/${name}`;
    if (to === place) return;
    for (const path of own) {
      files.set(`${to}/${posix.basename(path)}`, files.get(path)!);
      files.delete(path);
    }
    places[each.service] = to;
  }
}

/** By service and package, at every commit of main: whether it is locked, asked of a checkout. */
async function checkedOut(made: MadeHistory, where: readonly (readonly string[])[]): Promise<Set<string>[]> {
  const commits = made.git('rev-list', '--first-parent', '--reverse', 'main').split('\n');
  expect(commits).toHaveLength(where.length);
  const locked: Set<string>[] = [];
  for (const [at, commit] of commits.entries()) {
    const root = join(scratch(), commit);
    mkdirSync(root);
    const archive = execFileSync('git', ['-C', made.root, 'archive', '--format=tar', commit], { env: gitEnv() });
    execFileSync('tar', ['-xmf', '-', '-C', root], { input: archive });
    const { audit } = await run({ sources: [root], config: false, verify: false, layers: [] });
    const found = new Set<string>();
    for (const { status, service: index, entry } of impactOf(audit, LIST).hits) {
      const place = posix.dirname(audit.fleet.lockfiles[audit.services[index]!.lockfile]!.path);
      if (status === 'locked') found.add(`${SERVICES[where[at]!.indexOf(place)]} ${entry}`);
    }
    locked.push(found);
  }
  return locked;
}

/** Runs of commits, as `service entry from..until` by number of the commit. */
function runsOf(locked: readonly ReadonlySet<string>[]): string[] {
  const runs: string[] = [];
  for (const key of new Set(locked.flatMap((each) => [...each]))) {
    for (let at = 0; at < locked.length; at++) {
      if (!locked[at]!.has(key)) continue;
      let end = at;
      while (locked[end]?.has(key)) end++;
      runs.push(`${key} ${at}..${end === locked.length ? '' : end}`);
      at = end;
    }
  }
  return runs.sort();
}

describe('histories at random', () => {
  it('are what a checkout of every commit says', async () => {
    await fc.assert(
      fc.asyncProperty(plan, async (planned) => {
        const { made, where } = madeBy(planned);
        made.checkout();
        const commits = made.git('rev-list', '--first-parent', '--reverse', 'main').split('\n');
        const { exposures, diagnostics } = await walked([made.root], LIST);
        const numbers = new Map(commits.map((commit, at) => [commit, at]));
        const found = exposures.map(({ service: name, formerly, entry, from, until }) => {
          const place = [name, ...formerly].map((path) => posix.basename(path))[0]!;
          return `${place} ${entry} ${numbers.get(from.commit)}..${until === undefined ? '' : numbers.get(until.commit)}`;
        });
        expect(diagnostics).toEqual([]);
        expect(found.sort()).toEqual(runsOf(await checkedOut(made, where)));
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });
});

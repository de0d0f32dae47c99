/** Release history over every recorded, dated release. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import parse from 'semver/functions/parse.js';
import { describe, expect, it } from 'vitest';
import { historyOf } from '../../src/registry/history.ts';
import { releaseLine } from '../../src/registry/lines.ts';
import type { Release } from '../../src/registry/release.ts';
import { CORPUS, FIXTURES } from '../readers.ts';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly published?: string;
  readonly attestations?: object;
  readonly trustedPublisher?: { readonly id: string };
}

const MANIFESTS = join(CORPUS, '..', 'signing', 'manifests.jsonl');
const has = existsSync(MANIFESTS);

if (!has) console.log('history: the recorded manifests are absent, nothing compared');

function packages(): Map<string, Map<string, Release>> {
  const found = new Map<string, Map<string, Release>>();
  for (const line of readFileSync(MANIFESTS, 'utf8').split('\n').filter(Boolean)) {
    const { name, version, published, attestations, trustedPublisher } = JSON.parse(line) as Manifest;
    if (published === undefined) continue;
    const releases = found.get(name) ?? new Map<string, Release>();
    found.set(name, releases);
    releases.set(version, {
      name,
      version,
      integrity: undefined,
      signatures: [],
      attested: attestations !== undefined,
      published,
      trustedPublisher: trustedPublisher?.id,
      repository: undefined,
      dependencies: new Map(),
    });
  }
  return found;
}

const rankOf = ({ attested, trustedPublisher }: Release) => (attested ? (trustedPublisher === undefined ? 1 : 2) : 0);
const isStable = (version: string) => parse(version)?.prerelease.length === 0;

/** pnpm's rule: anything of the package published earlier ranks higher; stable releases ignore prereleases. */
function isFlaggedByPackage(releases: ReadonlyMap<string, Release>, version: string): boolean {
  const self = releases.get(version)!;
  return [...releases].some(
    ([other, release]) =>
      Date.parse(release.published!) < Date.parse(self.published!) &&
      rankOf(release) > rankOf(self) &&
      (isStable(other) || !isStable(version)),
  );
}

/** Lists as name@version, sorted. */
const listed = (byName: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(byName)
    .flatMap(([name, versions]) => versions.map((version) => `${name}@${version}`))
    .sort();

describe.skipIf(!has)('recorded releases', () => {
  const all = has ? packages() : new Map<string, Map<string, Release>>();
  const every = [...all].flatMap(([name, releases]) => [...releases.keys()].map((version) => ({ name, version })));
  const fixture = JSON.parse(readFileSync(join(FIXTURES, 'registry/history.json'), 'utf8')) as {
    readonly lapses: Record<string, string[]>;
    readonly spared: Record<string, string[]>;
    readonly packages: Record<string, [string, string, boolean, string | null][]>;
  };

  it('have lost provenance where they did, and nowhere else', () => {
    const lost = every.filter(({ name, version }) => historyOf(all.get(name)!, version).lost);
    expect(lost.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(listed(fixture.lapses));
    console.log(`history: ${every.length} releases of ${all.size} packages, ${lost.length} have lost provenance`);
  });

  it('are mostly spared what a rule over the whole package says of them', () => {
    const flagged = every.filter(({ name, version }) => isFlaggedByPackage(all.get(name)!, version));
    const expected = [...listed(fixture.lapses), ...listed(fixture.spared)].sort();
    expect(flagged.map(({ name, version }) => `${name}@${version}`).sort()).toEqual(expected);
  });

  it('that have lost it were the newest stable release when they were published', () => {
    for (const [name, versions] of Object.entries(fixture.lapses)) {
      const releases = all.get(name)!;
      for (const version of versions) {
        const time = Date.parse(releases.get(version)!.published!);
        const higher = [...releases].filter(
          ([other, { published }]) =>
            isStable(other) && parse(other)!.compare(version) > 0 && Date.parse(published!) < time,
        );
        expect(higher.map(([other]) => other)).toEqual([]);
        expect(releaseLine(historyOf(releases, version).lost!.since)).toBe(releaseLine(version));
      }
    }
  });

  it('are those of the fixture', () => {
    for (const [name, rows] of Object.entries(fixture.packages)) {
      const recorded = [...all.get(name)!.values()].map(({ version, published, attested, trustedPublisher }) => [
        version,
        published,
        attested,
        trustedPublisher ?? null,
      ]);
      expect(rows).toEqual(recorded);
    }
  });
});

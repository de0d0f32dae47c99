/** Update rings and simulations in every format. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Audit, auditFleet } from '../../src/analysis/audit.ts';
import type { NoticedFrom } from '../../src/analysis/rings/exposure.ts';
import { ringPlan } from '../../src/analysis/rings/ring-plan.ts';
import {
  DEFAULT_DETECTION,
  DEFAULT_RELOCK,
  medianDetection,
  noticedWithin,
  RECORDED_DETECTIONS,
} from '../../src/analysis/simulation/detection-times.ts';
import { type Scenario, scenarioFor } from '../../src/analysis/simulation/scenarios.ts';
import { simulate } from '../../src/analysis/simulation/simulation.ts';
import { withImplicitSystems } from '../../src/analysis/systems.ts';
import { notAsked } from '../../src/evidence/evidence.ts';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { Fleet, NOTHING_BESIDE } from '../../src/graph/fleet.ts';
import { duration } from '../../src/reports/duration.ts';
import { stillPage } from '../../src/reports/html/frame.ts';
import { cellsTable, list } from '../../src/reports/html/markup.ts';
import { simulationCharts } from '../../src/reports/html/simulation-chart.ts';
import { ringsJson } from '../../src/reports/rings/json.ts';
import { ringParts } from '../../src/reports/rings/parts.ts';
import { simulationJson } from '../../src/reports/simulation/json.ts';
import { simulationParts } from '../../src/reports/simulation/parts.ts';
import { run } from '../../src/run.ts';
import { scratch } from '../cli/harness.ts';
import { launch, noBrowser, openFile, overflow, violations } from './browser.ts';
import { madeAudit } from './made-audit.ts';

const ACME = fileURLToPath(new URL('../../fixtures/acme', import.meta.url));
const NOW = Date.parse('2026-11-29T00:00:00Z');
const conforms = (name: string) =>
  new Ajv({ strict: false, allowUnionTypes: true }).compile(
    JSON.parse(readFileSync(new URL(`../../schema/${name}.schema.json`, import.meta.url), 'utf8')),
  );

/** Everything that is told of an audited fleet. */
function told(
  audit: Audit,
  { from = 'published', scenarios = 2 }: { from?: NoticedFrom; scenarios?: number | Scenario[] } = {},
) {
  const layer = audit.layers.find(({ table }) => table.layer === 'release')!;
  const plan = ringPlan(audit, layer, { detect: DEFAULT_DETECTION, relock: DEFAULT_RELOCK, first: 0 }, NOW);
  const question = {
    noticing: { from, minutes: DEFAULT_DETECTION },
    relock: DEFAULT_RELOCK,
    publishedAt: NOW,
    scenarios,
  };
  const simulation = simulate(audit, { ...audit, fleet: plan.fleet }, question);
  const rings = { audit, plan, top: 20 };
  const content = { audit, simulation, isDetectionGiven: false };
  const parts = [...ringParts(rings), ...simulationParts(content)];
  return {
    layer,
    plan,
    simulation,
    parts,
    texts: parts.flatMap(({ texts }) => texts),
    cells: parts.map(({ cells }) => cells?.rows ?? []),
    charts: [...simulationCharts(content)].join(''),
    rings: JSON.parse(JSON.stringify(ringsJson(rings))),
    played: JSON.parse(JSON.stringify(simulationJson(content))),
  };
}

describe('of acme', () => {
  let audit: Audit;
  beforeAll(async () => {
    ({ audit } = await run({ sources: [ACME], layers: ['release'], verify: false, today: '2026-11-29' }));
  }, 60_000);

  it('tells rings, their settings and what they do', () => {
    const { cells, texts, plan } = told(audit);
    expect(cells[0]!.map(([ring, waits, services]) => [ring, waits, services])).toEqual([
      ['1', 'nothing', '1'],
      ['2', '8 days', '7'],
      ['3', '16 days', '6'],
    ]);
    const all = texts.join('\n');
    expect(all).toContain('batch/.npmrc: min-release-age=8 (npm 11.10 or later)');
    expect(all).toContain('worker/bunfig.toml: [install] minimumReleaseAge = 691200 (bun 1.3 or later)');
    expect(all).toContain('pay-a/.npmrc: min-release-age=8 (npm 11.10 or later); the npm 10 here cannot wait');
    expect(all).toContain('No ring by itself defeats checkout, catalog.');
    expect(all).toContain('8 of 9 recorded incidents were noticed by then');
    expect(plan.before.defeating).toBeGreaterThan(plan.after.defeating);
    expect([plan.upgraded?.defeating, plan.upgraded?.blinding]).toEqual([0, 0]);
  });

  it.each(['published', 'taken'] as const)('is data that the schemas describe: noticed from %s', (from) => {
    const { rings, played } = told(audit, { from });
    const [isRings, isSimulation] = [conforms('rings'), conforms('simulation')];
    expect(isRings(rings), JSON.stringify(isRings.errors)).toBe(true);
    expect(isSimulation(played), JSON.stringify(isSimulation.errors)).toBe(true);
    expect(rings.services).toHaveLength(audit.services.length);
    expect(played.scenarios[0].before.overMoments === null).toBe(from === 'taken');
  });

  it('plays the lines that hurt most, and never makes it worse by waiting', () => {
    const { played, charts } = told(audit);
    expect(played.scenarios.map(({ scenario }: { scenario: string }) => scenario)[0]).toBe('release:npm/ms@^2');
    for (const { before, after } of played.scenarios) {
      expect(after.worst.blastRadius).toBeLessThanOrEqual(before.worst.blastRadius);
      expect(after.worst.weightMinutes).toBeLessThanOrEqual(before.worst.weightMinutes);
      expect(before.scheduled.blastRadius).toBeCloseTo(before.overMoments.most, 9);
    }
    expect(charts.match(/class="trace trace-/g)).toHaveLength(4 * played.scenarios.length);
    expect(charts.match(/class="moment"/g)).toHaveLength(played.scenarios.length);
  });

  it('plays a line or a package by its name', () => {
    const { layer } = told(audit);
    expect(scenarioFor(layer, 'ms@^2')).toMatchObject({ kind: 'line', id: 'release:npm/ms@^2' });
    expect(scenarioFor(layer, 'release:npm/ms@^2')).toEqual(scenarioFor(layer, 'ms@^2'));
    expect(scenarioFor(layer, 'no-such-package')).toBeUndefined();
    const ofPackage = scenarioFor(layer, 'debug')!;
    const [play] = told(audit, { scenarios: [ofPackage] }).simulation.plays;
    const [line] = told(audit, { scenarios: [scenarioFor(layer, 'debug@^4')!] }).simulation.plays;
    expect(play!.before.reach).toBeGreaterThanOrEqual(line!.before.reach);
    expect(play!.before.worst.blastRadius).toBeGreaterThanOrEqual(line!.before.worst.blastRadius);
  });
});

const NAMES = ['</script><img src=x onerror=alert(1)>', '\u202egnp.exe\u001b[31m', '__proto__', '"\'&amp;'];
const PACKAGES = ['left', '@scope/right', 'constructor'];

/** Services of such names that all take the next release of the same packages, two of them one system, one a guard of it. */
function hostile(): Audit {
  const fleet = new Fleet();
  for (const name of NAMES) {
    const builder = new GraphBuilder('npm', '3');
    const root = builder.node({ ecosystem: 'npm', name: 'root', source: 'workspace', key: '', version: undefined });
    builder.project(root, '', 'root');
    for (const of of PACKAGES) {
      const node = builder.node({ ecosystem: 'npm', name: of, version: '1.0.0', source: 'registry', key: of });
      builder.edge(root, node, 'prod', of, '^1.0.0');
    }
    const { policies } = NOTHING_BESIDE;
    const overrides = { ...policies.overrides, manager: 'npm' } as const;
    fleet.add(`${name}/package-lock.json`, builder.build(), { platforms: [], policies: { ...policies, overrides } });
  }
  const services = NAMES.map((name, lockfile) => ({ name, lockfile, project: 0, weight: 1 }));
  const pair = { name: NAMES[0]!, members: [0, 1], need: 1, weight: 1, origin: 'declared' } as const;
  const guards = [{ name: NAMES[1]!, service: 2, protects: [0] }];
  const landscape = { services, systems: withImplicitSystems([pair], services), guards };
  const question = { layers: ['release'], scope: 'all', today: '2026-11-29' } as const;
  return auditFleet(fleet, landscape, [], question, notAsked(fleet.componentCount), []);
}

it('makes names of any kind safe', () => {
  const { texts, cells, charts, rings, played } = told(hostile());
  expect(played.scenarios[0].before.worst.blindGuards).toHaveLength(1);
  const shown = [...texts, ...cells.flat(2)].join('\n');
  for (const odd of ['\u202e', '\u001b']) expect(shown + charts).not.toContain(odd);
  expect(shown).toContain('gnp.exe');
  expect(charts).not.toMatch(/<img|<script/);
  expect([rings.rings, rings.services[2].service]).toEqual([3, '__proto__']);
  expect([conforms('rings')(rings), conforms('simulation')(played)]).toEqual([true, true]);
});

it('says so where there is nothing to keep apart, and nothing to play', () => {
  const alone = told(madeAudit({ services: [['only', ['left']]], layers: ['release'] }));
  expect(alone.texts[0]).toContain('none are declared');
  expect(alone.rings.rings).toBe(0);
  const none = told(madeAudit({ services: [], layers: ['release'] }));
  expect(none.texts.join('\n')).toContain('Nothing to play');
  expect(none.charts).toBe('');
  const both = madeAudit({
    services: [['a', ['left']]],
    systems: [{ name: 'pair', members: [0], need: 1, weight: 1, origin: 'declared' }],
    layers: ['release'],
  });
  expect(told(both).texts.join('\n')).toContain('pair: one service down is enough');
});

describe.skipIf(noBrowser !== '')(`charts in Chromium${noBrowser}`, () => {
  let browser: Browser;
  const directory = scratch();
  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(() => browser.close());

  const schemes = [{ colorScheme: 'light' }, { colorScheme: 'dark' }] as const;
  it.each(schemes)('have nothing that axe objects to: %j', async (options) => {
    const { charts, parts } = told(hostile());
    const sections = parts.map(({ id, title, cells, texts }) => ({
      id,
      title,
      content: [
        ...(cells ? cellsTable(cells, `${title}, in numbers`, `${id}-table`) : []),
        id === 'simulation' ? charts : '',
        list(texts),
      ],
    }));
    const file = join(directory, `${options.colorScheme}.html`);
    writeFileSync(file, [...stillPage('What to change?', 'made', [], sections)].join(''));
    const { page, odd } = await openFile(browser, file, options);
    expect(await page.locator('svg').count()).toBeGreaterThan(0);
    expect([odd, await violations(page), await overflow(page)]).toEqual([[], [], 0]);
  });
});

describe('the recorded times to notice', () => {
  it('give the default: the longest of a day at most', () => {
    expect(DEFAULT_DETECTION).toBe(300);
    expect(noticedWithin(DEFAULT_DETECTION)).toBe(RECORDED_DETECTIONS.length - 1);
    expect(noticedWithin(0)).toBe(0);
    expect(medianDetection()).toBe(174);
  });
});

it.each([
  [0, '0 minutes'],
  [1, '1 minute'],
  [59, '59 minutes'],
  [60, '1 hour'],
  [174, '2.9 hours'],
  [1440, '1 day'],
  [2000, '33.3 hours'],
  [11_520, '8 days'],
  [Number.POSITIVE_INFINITY, 'for good'],
])('%d minutes are %s', (minutes, words) => expect(duration(minutes)).toBe(words));

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertsOf } from '../../src/analysis/alerts/index.ts';
import type { Audit } from '../../src/analysis/audit.ts';
import type { Diagnostic } from '../../src/diagnostics.ts';
import { forSarifMessage } from '../../src/reports/safe.ts';
import { sarifFileNames } from '../../src/reports/sarif/file-names.ts';
import { uriOf } from '../../src/reports/sarif/place.ts';
import { splitAlerts } from '../../src/reports/sarif/split.ts';
import { sarifReport } from '../../src/reports/sarif.ts';
import { plainFile } from '../../src/sources/repositories.ts';
import { lockfileArbitrary } from '../arbitraries.ts';
import { lockfile } from '../described.ts';
import type { TwinLockfile } from '../twin.ts';
import { inputOf, type MadeFleet, madeAudit } from './made-audit.ts';
import { checkedRun, type SarifResult, type SarifRun } from './sarif/check.ts';

const textOf = (audit: Audit): string => [...sarifReport(inputOf(audit))].join('');
const runOf = (made: MadeFleet): SarifRun => checkedRun(textOf(madeAudit(made)));

const SMALL: MadeFleet = {
  services: [
    ['canary/package-lock.json', ['shared']],
    ['pay-a/package-lock.json', ['shared', 'only-a']],
    ['pay-b/package-lock.json', ['shared', 'only-b']],
  ],
  systems: [{ name: 'checkout', members: [1, 2], need: 1, weight: 5, origin: 'declared' }],
  guards: [{ name: 'gate', service: 0, protects: [0] }],
};

const broken: Diagnostic = {
  code: 'LOCKFILE_SYNTAX',
  severity: 'incomplete',
  file: 'broken/yarn.lock',
  line: 3,
  message: 'is broken',
  next: 'mend it',
};

const byRule = (run: SarifRun, id: string): SarifResult[] => run.results.filter(({ ruleId }) => ruleId === id);
const uriAt = ({ locations }: SarifResult): string => locations[0]!.physicalLocation.artifactLocation.uri;

describe('a SARIF report', () => {
  const run = runOf(SMALL);

  it('has one result per finding, the greatest loss first, worded and placed', () => {
    expect(run.results.map(({ ruleId }) => ruleId)).toEqual([
      'blind-guard-critical',
      'redundancy-defeated-critical',
      'shared-package-critical',
      ...Array(3).fill('entry-unbound'),
    ]);
    const [result] = byRule(run, 'shared-package-critical');
    expect(result!.message.text).toBe(
      'shared is under 3 services; if it is bad, all 2 systems are lost (100% of them run the same bytes; versions 1.0.0). Blast radius 100% (critical): the share of all systems, by weight, that is lost. As lockfiles pin it. Also in [pay-a/package-lock.json](1), [pay-b/package-lock.json](2). Next: put services that back each other up into different update rings, or move one of them to other code.',
    );
    expect(uriAt(result!)).toBe('canary/package-lock.json');
    expect(result!.properties).toEqual({
      subject: 'package:npm/shared',
      confidence: 'locked',
      blastRadius: 1,
      cause: 'package:npm/shared',
    });
  });

  it('tells how the cause gets into the first service', () => {
    const { steps } = stepsOf(byRule(run, 'shared-package-critical')[0]!);
    expect(steps).toEqual(['service canary/package-lock.json', 'shared@1.0.0 (prod * as asked)']);
  });

  it('has the whole catalogue, whatever was found', () => {
    const nothing = runOf({ services: [] });
    expect(nothing.tool).toEqual(run.tool);
    expect(nothing.results).toEqual([]);
    expect(nothing.invocations).toEqual([{ executionSuccessful: true, toolExecutionNotifications: [] }]);
  });

  it('is the same for the same audit', () => {
    expect(textOf(madeAudit(SMALL))).toBe(textOf(madeAudit(SMALL)));
  });

  it('says what is missing, as a result and of the run', () => {
    const told = runOf({ ...SMALL, diagnostics: [broken] });
    const [result] = byRule(told, 'input-incomplete');
    expect(result!.message.text).toBe('is broken. Next: mend it.');
    expect(uriAt(result!)).toBe('broken/yarn.lock');
    expect(told.invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [
        { level: 'error', message: { text: 'is broken; mend it' }, descriptor: { id: 'LOCKFILE_SYNTAX' } },
      ],
    });
    expect(told.properties.complete).toBe(false);
  });

  it.each(['https://registry.example/', '/etc/hosts', '../outside/yarn.lock', '.', ''])(
    'places what is about %j at the lockfile nearest to the root, and says so',
    (file) => {
      const services = [...SMALL.services, ['yarn.lock', []] as const];
      const [result] = byRule(runOf({ ...SMALL, services, diagnostics: [{ ...broken, file }] }), 'input-incomplete');
      expect(uriAt(result!)).toBe('yarn.lock');
      expect(result!.message.text).toContain(
        `This is about ${file || 'the scan'}, which is no file of this repository.`,
      );
    },
  );

  it('links to ten other lockfiles, and counts the rest', () => {
    const services = Array.from(
      { length: 14 },
      (_, at) => [`s${String(at).padStart(2, '0')}/yarn.lock`, ['x']] as const,
    );
    const [result] = runOf({ services }).results;
    expect(result!.relatedLocations).toHaveLength(10);
    expect(result!.message.text).toContain('[s10/yarn.lock](10) and 3 more files.');
  });

  it('cuts long paths in their middle', () => {
    const chain = Array.from({ length: 70 }, (_, at) => `p${at}`);
    const needs = Object.fromEntries(['', ...chain].map((name, at) => [name, chain.slice(at, at + 1)]));
    const lockfiles = ['a', 'b'].map((path) => lockfile(`${path}/yarn.lock`, needs));
    const run = runOf({ services: lockfiles.map(({ path }) => [path, []]), lockfiles });
    const { steps } = stepsOf(run.results.find(({ properties }) => properties.cause === 'package:npm/p69')!);
    expect(steps).toHaveLength(50);
    expect(steps.at(-1)).toMatch(/^p69.*, after 21 steps left out$/);
  });
});

function stepsOf({ codeFlows }: SarifResult) {
  const locations = codeFlows?.[0]?.threadFlows[0]?.locations ?? [];
  return { steps: locations.map(({ location }) => location.message!.text) };
}

describe('the cut', () => {
  const many = Array.from({ length: 6_000 }, (_, at) => `package-${at}`);
  const made: MadeFleet = {
    services: ['a/yarn.lock', 'b/yarn.lock'].map((path) => [path, many]),
    diagnostics: [broken],
  };

  it('is at what GitHub keeps, is stated, and takes nothing that is missing', () => {
    const run = runOf(made);
    expect(run.results).toHaveLength(5_000);
    expect(run.properties).toMatchObject({ results: 5_000, resultsCut: 1_003 });
    expect(byRule(run, 'input-incomplete')).toHaveLength(1);
    expect(run.invocations[0]!.toolExecutionNotifications[0]!.message.text).toMatch(
      /^6,003 findings, of which the first 5,000 are results/,
    );
  });
});

const markOf = (result: SarifResult): string =>
  `${result.ruleId} ${result.partialFingerprints.primaryLocationLineHash}`;
const marksOf = (made: MadeFleet): string[] => runOf(made).results.map(markOf).sort();

function fleetOf(lockfiles: readonly TwinLockfile[]): MadeFleet {
  return { services: lockfiles.map((_, at) => [`service-${at}`, []]), lockfiles };
}

function bumped(lockfile: TwinLockfile): TwinLockfile {
  return {
    ...lockfile,
    nodes: lockfile.nodes.map((node) => ({ ...node, ...(node.version && { version: `${node.version}1` }) })),
  };
}

function reversed({ path, nodes, edges, projects }: TwinLockfile): TwinLockfile {
  const at = (node: number): number => nodes.length - 1 - node;
  return {
    path,
    nodes: nodes.toReversed(),
    edges: edges
      .toReversed()
      .map(({ from, to, kind }) => ({ from: at(from), to: to === undefined ? to : at(to), kind })),
    projects: projects.map(({ node, path: place }) => ({ node: at(node), path: place })),
  };
}

describe('fingerprints', () => {
  const fleet = fc.array(
    lockfileArbitrary.filter(({ projects }) => projects.length > 0),
    { minLength: 2, maxLength: 4 },
  );

  // checkedRun sees that no two results of a report share one.
  it('are of one finding each, and stay when versions change and entries move', () => {
    fc.assert(
      fc.property(fleet, (lockfiles) => {
        const marks = marksOf(fleetOf(lockfiles));
        expect(marksOf(fleetOf(lockfiles.map(bumped)))).toEqual(marks);
        expect(marksOf(fleetOf(lockfiles.map(reversed)))).toEqual(marks);
      }),
      { numRuns: 30 },
    );
  });

  it('stay when the loss changes, though the rule does not', () => {
    const hashes = (made: MadeFleet) =>
      runOf(made).results.flatMap(({ properties, partialFingerprints, ruleId }) =>
        properties.cause === 'package:npm/shared' ? [[ruleId, partialFingerprints.primaryLocationLineHash]] : [],
      );
    const more: MadeFleet = { services: [...SMALL.services, ['zoo/yarn.lock', []]], weights: [1, 1, 1, 2] };
    const [[before, mark]] = hashes({ services: SMALL.services }) as [[string, string]];
    const [[after, same]] = hashes(more) as [[string, string]];
    expect([before, after]).toEqual(['shared-package-critical', 'shared-package-high']);
    expect(same).toBe(mark);
  });

  it('differ between files', () => {
    const marks = (prefix: string) =>
      marksOf({ services: SMALL.services.map(([path, held]) => [`${prefix}/${path}`, held]) });
    expect(marks('one').filter((mark) => marks('two').includes(mark))).toEqual([]);
  });
});

const HOSTILE = [
  '](x)',
  '[click](javascript:alert(1))',
  '[other](1)',
  'a](2) [b',
  '\\](3)',
  '\\',
  '{0} {{1}}',
  'line\nbreak\r\n\u2028',
  '%2e%2e/%2e%2e',
  'a b?c#d&e;f=g',
  'c:/windows',
  'https://host.example/x',
  '//host.example/x',
  '../../up',
  './here',
  '.',
  '..',
  '/root',
  'back\\slash\\..\\..',
  '\u202egnp.exe\u0000\u001b[31m',
  'ünïcode/日本語/🧨',
  '\ud800',
  '<img src=x onerror=alert(1)>',
  '__proto__',
  'constructor',
  'x'.repeat(10_000),
];

describe('hostile names', () => {
  const made: MadeFleet = {
    services: HOSTILE.map((name) => [name, HOSTILE]),
    systems: HOSTILE.map((name, at) => ({
      name,
      members: [at, (at + 1) % HOSTILE.length],
      need: 1,
      weight: 1,
      origin: 'declared',
    })),
    guards: HOSTILE.map((name, at) => ({ name, service: at, protects: [at] })),
    diagnostics: HOSTILE.map((name) => ({ ...broken, file: name, message: name, next: name })),
  };

  it('make no link, no placeholder and no way out, and are told apart', () => {
    const run = runOf(made);
    const subjects = run.results.filter(({ ruleId }) => ruleId.startsWith('shared-package'));
    expect(subjects).toHaveLength(HOSTILE.length);
    expect(subjects.map(({ properties }) => properties.cause)).toContain('package:npm/__proto__');
    expect(byRule(run, 'input-incomplete')).toHaveLength(HOSTILE.length);
  });

  it('are no links in any text', () => {
    const special = fc.constantFrom('[', ']', '(', ')', '\\', '{', '}', '0', '1', 'a', '\n', '\u202e', '\ud800');
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: special })), (text) => {
        const safe = forSarifMessage(text);
        expect(safe).not.toContain('](');
        expect(safe.replace(/\\./g, '')).not.toMatch(/[[\]]/);
        expect(safe.replaceAll('{{', '').replaceAll('}}', '')).not.toMatch(/[{}]/);
      }),
    );
    expect(forSarifMessage('@scope/name@1.0.0 (dev ^1)')).toBe('@scope/name@1.0.0 (dev ^1)');
  });

  it('come back from a URI as they were', () => {
    const file = fc.array(fc.string({ minLength: 1 }), { minLength: 1 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.oneof(file, fc.constantFrom(...HOSTILE)), (name) => {
        const plain = plainFile(name);
        if (plain === undefined || /\p{Cs}/u.test(name)) return;
        const uri = uriOf(plain);
        expect(new URL(uri, 'https://host.example/root/').pathname).toBe(`/root/${uri}`);
        expect(decodeURIComponent(uri)).toBe(plain);
      }),
    );
    expect(plainFile('a/node_modules')).toBe('a/package.json');
  });
});

describe('the split by repository', () => {
  const audit = madeAudit({ ...SMALL, diagnostics: [broken, { ...broken, file: 'https://registry.example/' }] });
  const alerts = alertsOf(audit);
  const inRepository = splitAlerts(alerts, (_, { file }) =>
    file.startsWith('https:') ? undefined : file.split('/')[0],
  );

  it('gives each what is in it with the loss of the fleet, and all what is in none', () => {
    const codes = (name: string) => inRepository(name).map(({ finding }) => finding.code);
    expect(codes('canary')).toEqual(['BLIND_GUARD', 'SHARED_PACKAGE', 'ENTRY_UNBOUND', 'INPUT_INCOMPLETE']);
    expect(codes('pay-b')).toEqual(['REDUNDANCY_DEFEATED', 'SHARED_PACKAGE', 'ENTRY_UNBOUND', 'INPUT_INCOMPLETE']);
    expect(codes('broken')).toEqual(['INPUT_INCOMPLETE', 'INPUT_INCOMPLETE']);
    expect(codes('unheard')).toEqual(['INPUT_INCOMPLETE']);
    const shared = inRepository('pay-b').find(({ finding }) => finding.code === 'SHARED_PACKAGE')!;
    expect(shared).toMatchObject({ blastRadius: 1, finding: { services: 3, file: 'pay-b/package-lock.json' } });
    expect(shared.sites.map(({ file }) => file)).toEqual(['pay-b/package-lock.json']);
  });

  it('loses none', () => {
    const all = ['canary', 'pay-a', 'pay-b', 'broken'].flatMap((name) => inRepository(name));
    for (const { finding, subject, sites } of alerts) {
      const found = all.filter((alert) => alert.finding.code === finding.code && alert.subject === subject);
      expect(new Set(found.flatMap((alert) => alert.sites))).toEqual(new Set(sites));
    }
  });
});

describe('file names', () => {
  it('are readable, and different where names are not that different', () => {
    expect(sarifFileNames(['acme/api', 'web', '..', '', 'aux', '.hidden'])).toEqual([
      'acme_api.sarif',
      'web.sarif',
      '_..sarif',
      '_.sarif',
      '_aux.sarif',
      '_hidden.sarif',
    ]);
    const [first, second] = sarifFileNames(['a/b', 'A_b']);
    expect(first).toMatch(/^a_b-[0-9a-f]{12}\.sarif$/);
    expect(second).toMatch(/^A_b-[0-9a-f]{12}\.sarif$/);
    expect(first!.toLowerCase()).not.toBe(second!.toLowerCase());
  });

  it('are safe and unique for any names', () => {
    const part = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'A', '/', '_', '.', 'con', ...HOSTILE));
    fc.assert(
      fc.property(fc.uniqueArray(fc.array(part, { maxLength: 3 }).map((parts) => parts.join(''))), (names) => {
        const files = sarifFileNames(names);
        expect(new Set(files.map((file) => file.toLowerCase())).size).toBe(names.length);
        for (const file of files) expect(file).toMatch(/^(?!\.|-|(con|aux)\.)[A-Za-z0-9._-]{1,130}\.sarif$/i);
      }),
    );
  });
});

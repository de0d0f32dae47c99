/** Why a package is in the fleet: headings, tables and sentences for every format for people. */
import type { Audit } from '../../analysis/audit.ts';
import type { FleetVersion, Why } from '../../analysis/why/why.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';
import { type Cells, notShown } from '../table.ts';
import { packageLabel, serviceTexts } from './service.ts';

export interface WhyPart {
  readonly title: string;
  readonly cells: Cells | undefined;
  readonly texts: readonly string[];
}

export interface WhyContent {
  readonly audit: Audit;
  readonly why: Why;
  /** Rows of each table, and services told of. */
  readonly top: number;
}

/** Names in one sentence or cell. */
const EXAMPLES = 8;
const ALL = '--top all shows them';

/** What was asked for, as it was given. */
export function askedFor({ spec }: Why): string {
  return forTerminal(spec.range === undefined ? spec.name : `${spec.name}@${spec.range.raw}`);
}

export function* whyParts(content: WhyContent): Iterable<WhyPart> {
  const { why, audit, top } = content;
  yield { title: `Why is ${askedFor(why)} here?`, cells: undefined, texts: summary(content) };
  if (why.services.length === 0) return;
  yield bringers(content);
  yield versions(content);
  for (const found of why.services.slice(0, top)) {
    yield {
      title: `In ${nameOf(audit, found.service)}`,
      cells: undefined,
      texts: serviceTexts(audit, found),
    };
  }
  if (why.services.length > top) {
    const more = count(why.services.length - top, 'more service holds', 'more services hold');
    yield { title: 'In others', cells: undefined, texts: [`${more} it (${ALL}).`] };
  }
}

function summary({ why, audit }: WhyContent): string[] {
  const { services, unread } = why;
  const asked = askedFor(why);
  const late = services.filter(({ held }) => held.some(({ scope }) => scope === 'runtime')).length;
  const [first] = why.bringers;
  return [
    services.length === 0
      ? `No service holds ${asked}${scopeWords(why)}.${absent(why)}`
      : `${count(services.length)} of ${count(audit.services.length, 'service')} ${services.length === 1 ? 'holds' : 'hold'} it: ${count(late)} at run time, ${count(services.length - late)} for building alone.`,
    ...(first === undefined ? [] : [comesIn(why, first)]),
    ...others(audit, why.outside, (words) => `Not asked about: ${words}.`),
    ...others(audit, why.unjudged, (words) => `Of these it cannot be told whether they are in the range: ${words}.`),
    ...(unread.length === 0
      ? []
      : [`What ${listed(unread.map((service) => nameOf(audit, service)))} may hold could not be read.`]),
  ];
}

function comesIn({ services }: Why, bringer: Why['bringers'][number]): string {
  const { alone, all, among } = bringer;
  const total = alone.length + all.length + among.length;
  const how = [
    ...(alone.length > 0 ? [`alone in ${count(alone.length)}`] : []),
    ...(all.length > 0 ? [`on all ways in ${count(all.length)}`] : []),
    ...(among.length > 0 ? [`beside other ways in ${count(among.length)}`] : []),
  ];
  return `It comes in through ${packageLabel(bringer.package)} in ${count(total)} of ${count(services.length, 'service')}: ${how.join(', ')}.`;
}

function scopeWords({ scope }: Why): string {
  return scope === 'all' ? '' : scope === 'runtime' ? ' at run time' : ' for building alone';
}

function absent({ known, near, outside, unjudged, scope }: Why): string {
  if (!known) {
    const meant = near.length === 0 ? '' : ` Did you mean ${near.map(forTerminal).join(' or ')}?`;
    return ` The lockfiles have no package of that name.${meant}`;
  }
  if (outside.length + unjudged.length > 0) return '';
  return scope === 'all'
    ? ' The lockfiles list it, but nothing leads to it.'
    : ' One may in another scope (--scope all).';
}

function bringers({ why, audit, top }: WhyContent): WhyPart {
  const rows = why.bringers.slice(0, top).map(({ package: name, alone, all, among }) => {
    const services = [...alone, ...all, ...among].sort((a, b) => a - b);
    const counts = [services, alone, all, among].map((list) => count(list.length));
    return [packageLabel(name), ...counts, namesCell(audit, services)];
  });
  return {
    title: 'Which dependencies of your own manifests bring it in?',
    cells: {
      columns: [
        { header: 'dependency', align: 'left', shrinkTo: 12 },
        { header: 'services', align: 'right' },
        { header: 'alone', align: 'right' },
        { header: 'on all ways', align: 'right' },
        { header: 'beside others', align: 'right' },
        { header: 'in', align: 'left', shrinkTo: 12 },
      ],
      rows,
    },
    texts: [...notShown(why.bringers.length, top), ...naming(why, audit)],
  };
}

function naming(why: Why, audit: Audit): string[] {
  const manifests = new Map<string, string>();
  for (const { needs } of why.services) {
    for (const { manifest, kind, range } of needs) {
      if (manifest === undefined) continue;
      const as = `${kind === 'prod' ? '' : `${kind} `}${range ?? '?'}`;
      manifests.set(`${manifest}\0${as}`, forTerminal(`${manifest || '.'} (${as})`));
    }
  }
  if (manifests.size === 0) return ['No manifest of your own names it.'];
  const assumed = why.services.filter((found) => found.assumed).map(({ service }) => nameOf(audit, service));
  return [
    `Your own manifests that name it: ${listed([...manifests.values()])}.`,
    ...(assumed.length === 0
      ? []
      : [
          `The lockfiles of ${listed(assumed)} do not say what is named there: what nothing else needs counts as named.`,
        ]),
  ];
}

function versions({ why, audit, top }: WhyContent): WhyPart {
  return {
    title: 'Which versions?',
    cells: {
      columns: [
        { header: 'version', align: 'left', shrinkTo: 12 },
        { header: 'run time', align: 'right' },
        { header: 'build only', align: 'right' },
        { header: 'in', align: 'left', shrinkTo: 12 },
      ],
      rows: why.versions
        .slice(0, top)
        .map((version) => [
          versionLabel(version),
          count(version.runtime.length),
          count(version.build.length),
          namesCell(audit, servicesOf(version)),
        ]),
    },
    texts: notShown(why.versions.length, top),
  };
}

function others(audit: Audit, found: readonly FleetVersion[], sentence: (words: string) => string): string[] {
  if (found.length === 0) return [];
  const words = found.map((version) => {
    const services = servicesOf(version);
    const where = services.length === 1 ? nameOf(audit, services[0]!) : count(services.length, 'service');
    return `${versionLabel(version)} in ${where}`;
  });
  return [sentence(listed(words))];
}

function versionLabel({ package: name, version }: FleetVersion): string {
  return `${packageLabel(name)}@${forTerminal(version ?? '?')}`;
}

function servicesOf({ runtime, build }: FleetVersion): number[] {
  return [...runtime, ...build].sort((a, b) => a - b);
}

function namesCell(audit: Audit, services: readonly number[]): string {
  const names = services.slice(0, EXAMPLES).map((service) => nameOf(audit, service));
  return [...names, ...(services.length > EXAMPLES ? ['…'] : [])].join(', ');
}

function nameOf({ services }: Audit, service: number): string {
  return forTerminal(services[service]!.name);
}

/** Names that are safe already. */
function listed(names: readonly string[]): string {
  const shown = names.slice(0, EXAMPLES).join(', ');
  return names.length > EXAMPLES ? `${shown} and ${count(names.length - EXAMPLES)} more` : shown;
}

/** The reports of the why command. */
import { isIncomplete } from '../../analysis/audit.ts';
import type { Need, ServiceWhy } from '../../analysis/why/service.ts';
import type { FleetVersion } from '../../analysis/why/why.ts';
import { packageName } from '../../causes/package.ts';
import { VERSION } from '../../version.ts';
import { jsonList, jsonRemarks } from '../json-pieces.ts';
import { capped, items, heading as markdownHeading, table } from '../markdown/pieces.ts';
import { count } from '../numbers.ts';
import { QUESTIONS } from '../questions.ts';
import type { Layout } from '../report.ts';
import { skipped } from '../skipped.ts';
import { cellLines } from '../table.ts';
import { heading, lines, paragraph, remarks, textOf } from '../text.ts';
import { type WhyContent, whyParts } from './parts.ts';

export type { WhyContent } from './parts.ts';

type Input = WhyContent & Layout;

/** UTF-8; a step summary of GitHub takes 1 MiB. */
const MOST_BYTES = 1_000_000;

export function* whyTerminal(input: Input): Iterable<string> {
  const text = textOf(input);
  for (const { title, cells, texts } of whyParts(input)) {
    yield heading(title, text);
    if (cells) yield* lines(cellLines(cells, text.width), text);
    for (const words of texts) yield paragraph(`- ${words}`, text);
  }
  yield* remarks(input.audit, text);
}

export function* whyMarkdown(input: Input): Iterable<string> {
  yield* capped(sections(input), MOST_BYTES, `**Cut**: this report is never longer than ${count(MOST_BYTES, 'byte')}.`);
}

function* sections(input: Input): Iterable<string> {
  let level = 2;
  for (const { title, cells, texts } of whyParts(input)) {
    yield markdownHeading(level, title);
    if (cells) yield* table(cells);
    yield* items(texts);
    level = 3;
  }
  const left = skipped(input.audit);
  if (left.length > 0) yield markdownHeading(3, QUESTIONS.skipped);
  yield* items(left.map(({ text }) => text));
}

/** schema/why.schema.json */
export function* whyJson({ audit, why }: Input): Iterable<string> {
  const { spec, scope, known, near, unread } = why;
  const names = (services: readonly number[]): string[] => services.map((service) => audit.services[service]!.name);
  const version = ({ package: name, version: held, runtime, build }: FleetVersion): object => ({
    package: name,
    version: held ?? null,
    runtime: names(runtime),
    build: names(build),
  });
  yield '{\n';
  yield '  "schemaVersion": 1,\n';
  yield `  "tool": ${JSON.stringify({ name: 'spof-deps', version: VERSION })},\n`;
  yield `  "package": ${JSON.stringify(spec.name)},\n`;
  yield `  "range": ${JSON.stringify(spec.range?.raw ?? null)},\n`;
  yield `  "scope": ${JSON.stringify(scope)},\n`;
  yield `  "complete": ${!isIncomplete(audit) && why.unjudged.length === 0},\n`;
  yield `  "known": ${known},\n`;
  yield `  "near": ${JSON.stringify(near)},\n`;
  yield `  "of": ${audit.services.length},\n`;
  yield `  "unread": ${JSON.stringify(names(unread))},\n`;
  const bringers = why.bringers.map(({ package: name, alone, all, among }) => ({
    package: name,
    alone: names(alone),
    all: names(all),
    among: names(among),
  }));
  yield* jsonList('  ', 'bringers', bringers, ',');
  yield* jsonList('  ', 'versions', why.versions.map(version), ',');
  yield* jsonList('  ', 'outside', why.outside.map(version), ',');
  yield* jsonList('  ', 'unjudged', why.unjudged.map(version), ',');
  yield* jsonList('  ', 'services', servicesJson({ audit, why }), ',');
  yield* jsonRemarks(audit);
  yield '}\n';
}

function* servicesJson({ audit, why }: Pick<Input, 'audit' | 'why'>): Iterable<object> {
  for (const found of why.services) {
    const component = (id: number): object => {
      const of = audit.fleet.component(id);
      return { package: packageName(of), version: of.version ?? null };
    };
    yield {
      service: audit.services[found.service]!.name,
      held: found.held.map(({ version, ...rest }) => ({ ...rest, version: version ?? null })),
      single: found.single ?? null,
      bringers: bringersJson(found, component),
      dominators: found.dominators.map((each) => component(each.component)),
      cut: found.cut ?? null,
      needs: found.needs.map(needJson),
      assumed: found.assumed,
    };
  }
}

function bringersJson({ bringers }: ServiceWhy, component: (id: number) => object): object[] {
  return bringers.map(({ path, named, version, ...rest }) => ({
    ...rest,
    version: version ?? null,
    named: named.map((each) => ({ ...each, range: each.range ?? null })),
    path: path.map(({ component: id, asked }) => ({
      ...component(id),
      ...(asked && { kind: asked.kind, name: asked.name, range: asked.range ?? null }),
    })),
  }));
}

function needJson({ by, manifest, kind, name, range }: Need): object {
  return {
    by: by === undefined ? null : { package: by.package, version: by.version ?? null },
    manifest: manifest ?? null,
    kind,
    name,
    range: range ?? null,
  };
}

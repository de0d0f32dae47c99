/** Reads an earlier JSON report (reports/json.ts), as hostile as any file: what it does not say is not assumed. */
import { readFileSync, statSync } from 'node:fs';
import type { Coverage, EarlierCause, EarlierReport, EarlierSystem } from '../analysis/earlier.ts';
import { LAYERS, type LayerName } from '../causes/layer.ts';
import { UsageError } from '../errors.ts';
import { STRENGTHS } from '../evidence/evidence.ts';
import { SCOPES } from '../graph/closure.ts';
import { isObject, type JsonObject } from '../json.ts';

/** A report with every cause of a large fleet has some hundred megabytes; V8's longest string is half a gigabyte. */
const MOST_BYTES = 400 * 1024 * 1024;

/**
 * @param option the option that names the file, for the message
 * @throws UsageError where it is no such report, or of another version
 */
export function readEarlier(file: string, option: string): EarlierReport {
  const problem = (message: string): UsageError =>
    new UsageError([
      {
        code: 'REPORT_INVALID',
        file,
        message: `${option}: ${message}`,
        next: 'give a report of spof-deps, made with --format json --top all, or a snapshot',
      },
    ]);
  const report = parsed(file, problem);
  if (report.schemaVersion !== 1) throw problem('expected a JSON report with "schemaVersion" 1');
  const { fleet, layers } = report;
  if (!isObject(fleet) || !isObject(layers)) throw problem('expected a report of the audit, with "fleet" and "layers"');
  const scope = SCOPES.find((known) => known === report.scope);
  if (scope === undefined) throw problem(`expected "scope" to be one of ${SCOPES.join(', ')}`);
  const mode = isObject(report.evidence) ? report.evidence.mode : undefined;
  const asked = mode === 'online' || mode === 'offline';
  const found = new Map<LayerName, ReadonlyMap<string, EarlierCause>>();
  const coverage = new Map<LayerName, Coverage>();
  const cut: LayerName[] = [];
  for (const layer of LAYERS) {
    const section = Object.hasOwn(layers, layer) ? layers[layer] : undefined;
    if (section === undefined) continue;
    const causes = causesOf(section, asked);
    if (!causes || !isObject(section)) throw problem(`layer ${layer} is not as expected`);
    const { known, of } = section;
    if (typeof known === 'number' && typeof of === 'number') coverage.set(layer, { known, of });
    if (typeof section.causes === 'number' && causes.size >= section.causes) found.set(layer, causes);
    else cut.push(layer);
  }
  const systems = list(fleet.systems).map(systemOf);
  const services = list(fleet.services).map((service) => (isObject(service) ? service.name : undefined));
  if (systems.includes(undefined) || !services.every((name) => typeof name === 'string')) {
    throw problem('its services or systems are not as expected');
  }
  return {
    // The report of a shard alone is whole as far as it goes, and yet not of the fleet.
    complete: report.complete === true && !list(report.notices).some((of) => isObject(of) && of.code === 'SHARD'),
    scope,
    asked,
    services: new Set(services),
    systems: systems.filter((system) => system !== undefined),
    layers: found,
    cut,
    coverage,
  };
}

function parsed(file: string, problem: (message: string) => UsageError): JsonObject {
  let text: string;
  try {
    if (statSync(file).size > MOST_BYTES) throw problem('the file is too large');
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw problem(
      `the file cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'})`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw problem('the file is no JSON');
  }
  if (!isObject(value)) throw problem('expected a JSON object');
  return value;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function systemOf(value: unknown): EarlierSystem | undefined {
  if (!isObject(value)) return undefined;
  const { name, need, weight, members } = value;
  if (typeof name !== 'string' || typeof need !== 'number' || typeof weight !== 'number') return undefined;
  const texts = list(members).filter((member) => typeof member === 'string');
  return texts.length === list(members).length ? { name, need, weight, members: texts } : undefined;
}

function causesOf(section: unknown, asked: boolean): Map<string, EarlierCause> | undefined {
  if (!isObject(section) || !Array.isArray(section.top)) return undefined;
  const causes = new Map<string, EarlierCause>();
  for (const cause of section.top) {
    if (!isObject(cause) || typeof cause.id !== 'string' || typeof cause.blastRadius !== 'number') return undefined;
    const lostSystems = textsOf(cause.lostSystemNames);
    const services = textsOf(cause.services);
    if (!lostSystems || !services) return undefined;
    const evidence = asked ? STRENGTHS.find((strength) => strength === cause.evidence) : undefined;
    causes.set(cause.id, { blastRadius: cause.blastRadius, lostSystems, services, evidence });
  }
  return causes;
}

function textsOf(value: unknown): Set<string> | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.every((text) => typeof text === 'string') ? new Set(value) : undefined;
}

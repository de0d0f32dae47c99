/**
 * A SARIF file as it is uploaded: its own bytes, compressed, and what of it decides where it goes and whether it is taken.
 * The limits are GitHub's: https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
 */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { asString, isObject, type JsonObject } from '../json.ts';
import { shownCode } from '../network/faults.ts';
import type { Facts, Trouble } from './outcome.ts';

export interface SarifFile {
  readonly zipped: Buffer;
  readonly facts: Facts;
  /** Where it says that it belongs; unchecked. */
  readonly claim: Claim | undefined;
}

/** `versionControlProvenance` of its runs, which all say the same, and who says so. */
export interface Claim {
  readonly url: string;
  readonly commit: string | undefined;
  readonly branch: string | undefined;
  /** undefined in files of other programs. */
  readonly says: string | undefined;
}

/** Bytes. What is more than this does not become 10 MB. */
const MOST_BYTES = 256 * 1024 * 1024;
const MOST_ZIPPED = 10 * 1024 * 1024;
const MOST_RUNS = 20;
/** By what is counted, within what. */
const MOST = {
  results: 25_000,
  rules: 25_000,
  extensions: 100,
  'locations of a result': 1_000,
  'steps of the paths of a result': 10_000,
  'tags of a rule': 20,
} as const;

const zip = promisify(gzip);

export async function readSarif(file: string): Promise<SarifFile | Trouble> {
  const bytes = await bytesOf(file);
  if (!(bytes instanceof Uint8Array)) return bytes;
  const runs = runsOf(bytes);
  if (!Array.isArray(runs)) return runs;
  const zipped = await zip(bytes, { level: 9 });
  if (zipped.length > MOST_ZIPPED) {
    return tooLarge(`${zipped.length} bytes compressed, of at most ${MOST_ZIPPED}`);
  }
  const claims = runs.map(claimOf);
  return {
    zipped,
    facts: {
      results: runs.reduce((sum, run) => sum + listOf(run.results).length, 0),
      bytes: zipped.length,
      runs: runs.map((run) => ({ tool: toolOf(run), category: categoryOf(run) })),
    },
    claim: new Set(claims.map((claim) => JSON.stringify(claim))).size === 1 ? claims[0] : undefined,
  };
}

async function bytesOf(file: string): Promise<Buffer | Trouble> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const found = await handle.stat();
    if (!found.isFile()) return unreadable('it is no regular file');
    if (found.size > MOST_BYTES) return tooLarge(`${found.size} bytes, of at most ${MOST_BYTES}`);
    return await handle.readFile();
  } catch (error) {
    return unreadable(`it cannot be read (${shownCode(error) ?? 'unknown'})`);
  } finally {
    await handle?.close();
  }
}

/** The runs of a file that GitHub would take, as far as that can be told here. */
function runsOf(bytes: Buffer): JsonObject[] | Trouble {
  const log = parsed(bytes);
  if (!isObject(log) || log.version !== '2.1.0' || !Array.isArray(log.runs)) return invalid('expected SARIF 2.1.0');
  const runs = log.runs.filter(isObject);
  if (runs.length !== log.runs.length || runs.length === 0) return invalid('expected runs, each an object');
  if (runs.length > MOST_RUNS) return tooLarge(`${runs.length} runs, of at most ${MOST_RUNS}`);
  const keys = new Set(runs.map((run) => JSON.stringify([toolOf(run), categoryOf(run)])));
  if (keys.size < runs.length) return invalid('two runs of one tool with one category (automationDetails.id)');
  for (const run of runs) {
    const wrong = wrongIn(run);
    if (wrong) return wrong;
  }
  return runs;
}

function wrongIn(run: JsonObject): Trouble | undefined {
  if (toolOf(run) === '') return invalid('a run without the name of its tool');
  if (!Array.isArray(run.results)) return invalid('a run without results; where there are none the list is empty');
  const driver = isObject(run.tool) && isObject(run.tool.driver) ? run.tool.driver : {};
  const extensions = isObject(run.tool) ? listOf(run.tool.extensions) : [];
  const rules = [driver, ...extensions.filter(isObject)]
    .flatMap((component) => listOf(component.rules))
    .filter(isObject);
  const counts: [keyof typeof MOST, number][] = [
    ['results', run.results.length],
    ['rules', rules.length],
    ['extensions', extensions.length],
    ['tags of a rule', largest(rules, ({ properties }) => listOf(isObject(properties) ? properties.tags : []).length)],
  ];
  const results = run.results.filter(isObject);
  if (results.some(({ locations }) => listOf(locations).length === 0)) return invalid('a result without a location');
  counts.push(
    ['locations of a result', largest(results, ({ locations }) => listOf(locations).length)],
    ['steps of the paths of a result', largest(results, ({ codeFlows }) => stepsOf(codeFlows))],
  );
  const over = counts.find(([what, count]) => count > MOST[what]);
  return over && tooLarge(`${over[1]} ${over[0]}, of at most ${MOST[over[0]]}`);
}

function largest(all: readonly JsonObject[], count: (one: JsonObject) => number): number {
  return all.reduce((most, one) => Math.max(most, count(one)), 0);
}

function stepsOf(codeFlows: unknown): number {
  const flows = listOf(codeFlows)
    .filter(isObject)
    .flatMap(({ threadFlows }) => listOf(threadFlows));
  return flows.filter(isObject).reduce((sum, { locations }) => sum + listOf(locations).length, 0);
}

function toolOf({ tool }: JsonObject): string {
  return (isObject(tool) && isObject(tool.driver) ? asString(tool.driver.name) : undefined) ?? '';
}

/** Up to the last slash of the id: https://docs.oasis-open.org/sarif/sarif/v2.1.0, 3.17.3; GitHub has it without the slash. */
function categoryOf({ automationDetails }: JsonObject): string {
  const id = (isObject(automationDetails) ? asString(automationDetails.id) : undefined) ?? '';
  return id.slice(0, Math.max(0, id.lastIndexOf('/')));
}

function claimOf({ versionControlProvenance, properties }: JsonObject): Claim | undefined {
  const [first, ...others] = listOf(versionControlProvenance).filter(isObject);
  const url = first && asString(first.repositoryUri);
  if (first === undefined || url === undefined || others.length > 0) return undefined;
  const says = isObject(properties) ? asString(properties.repositoryFrom) : undefined;
  return { url, commit: asString(first.revisionId), branch: asString(first.branch), says };
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function unreadable(message: string): Trouble {
  return { code: 'SARIF_UNREADABLE', message, next: 'name a SARIF file, or a directory of them' };
}

function invalid(what: string): Trouble {
  const next =
    'write it with --sarif-dir or --format sarif, or check it with the validator of the program that wrote it';
  return { code: 'SARIF_INVALID', message: `GitHub would not take it: ${what}`, next };
}

function tooLarge(what: string): Trouble {
  const next = 'narrow what is reported (--layer, --scope), or give each repository a file of its own (--sarif-dir)';
  return { code: 'SARIF_TOO_LARGE', message: `larger than GitHub takes: ${what}`, next };
}

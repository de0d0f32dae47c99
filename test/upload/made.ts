/** SARIF files for made repositories. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/json.ts';

/** A result at the first line of a file. */
export function result(uri = 'package-lock.json'): JsonObject {
  return {
    ruleId: 'shared-package',
    message: { text: 'shared' },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } } }],
  };
}

/** A run as --sarif-dir writes them, as far as upload looks at it. */
export function run(more: JsonObject = {}): JsonObject {
  return {
    tool: { driver: { name: 'spof-deps', rules: [] } },
    automationDetails: { id: 'spof-deps/' },
    results: [],
    ...more,
  };
}

/** What of a run says where it belongs. */
export function provenance(repositoryUri: string, revisionId: string, branch = 'main', says = 'github'): JsonObject {
  return {
    versionControlProvenance: [{ repositoryUri, revisionId, branch }],
    properties: { repositoryFrom: says },
  };
}

export function sarifFile(directory: string, name: string, ...runs: readonly JsonObject[]): string {
  const file = join(directory, name);
  writeFileSync(file, JSON.stringify({ version: '2.1.0', runs }));
  return file;
}

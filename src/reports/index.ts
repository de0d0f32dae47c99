/** The report formats there are. Adding one: its file, its name in formats.ts, one line here, its extension, its tests. */
import { compareJson } from './compare-json.ts';
import { type CompareContent, compareTerminal } from './compare-terminal.ts';
import type { Format } from './formats.ts';
import { jsonReport } from './json.ts';
import type { Reports } from './report.ts';
import { terminalReport } from './terminal.ts';
import { verifyJson } from './verify-json.ts';
import { verifyTerminal } from './verify-terminal.ts';

export type { Format } from './formats.ts';

export const REPORTS: Reports = { terminal: terminalReport, json: jsonReport };

/** Of the verify command: evidence alone. */
export const VERIFY_REPORTS: Reports = { terminal: verifyTerminal, json: verifyJson };

/** Of the compare command. */
export const COMPARE_REPORTS: Reports<CompareContent> = { terminal: compareTerminal, json: compareJson };

const EXTENSIONS = new Map<string, Format>([
  ['.json', 'json'],
  ['.txt', 'terminal'],
]);

/** The format of an output file by its extension, or undefined. */
export function formatOfFile(file: string): Format | undefined {
  return EXTENSIONS.get(/\.[^.]+$/.exec(file.toLowerCase())?.[0] ?? '');
}

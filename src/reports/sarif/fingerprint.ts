/**
 * Fingerprints: by which a reader of two reports knows a finding again. Of its code, what it is about and the file it is in;
 * not of versions, lines or numbers, which change while the finding stays. Nor of its severity: GitHub tells alerts apart
 * by the rule's id anyway, which has it, and other readers should know a finding again whose loss has grown.
 */
import { createHash } from 'node:crypto';
import type { Alert } from '../../analysis/alerts/index.ts';
import { ruleName } from '../../findings.ts';

/**
 * The fingerprint of each alert, `sha256:n`: n counts from 1 those that the hash does not tell apart (two releases of one
 * package in one lockfile), in an order that does not depend on the order of entries in a file.
 *
 * @param files the file that each alert is placed in, as its repository names it
 */
export function fingerprints(alerts: readonly Alert[], files: readonly string[]): string[] {
  const groups = new Map<string, number[]>();
  for (const [at, { finding, subject }] of alerts.entries()) {
    const key = JSON.stringify([ruleName(finding.code), subject, files[at]]);
    const group = groups.get(key);
    if (group) group.push(at);
    else groups.set(key, [at]);
  }
  const result: string[] = [];
  for (const [key, group] of groups) {
    const hash = createHash('sha256').update(key).digest('hex');
    for (const [n, at] of ordered(group, alerts).entries()) result[at] = `${hash}:${n + 1}`;
  }
  return result;
}

function ordered(group: readonly number[], alerts: readonly Alert[]): readonly number[] {
  if (group.length === 1) return group;
  const keyed = group.map((at) => ({ at, key: distinction(alerts[at]!) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : a.at - b.at)).map(({ at }) => at);
}

/** What else tells findings of one code and subject apart, the release first. */
function distinction({ finding }: Alert): string {
  const { level: _level, file: _file, line: _line, column: _column, ...args } = finding;
  const version = 'version' in args ? args.version : '';
  return JSON.stringify([version, args], (name, value: unknown) => (name === 'lockfiles' ? undefined : value));
}

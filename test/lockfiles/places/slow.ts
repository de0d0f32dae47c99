/** Whether a place is that of an entry, found out the slow way: a full parse of JSON, the lines around it for the others. */

import { load } from 'js-yaml';
import { findNodeAtOffset, getNodePath, type Node, parseTree } from 'jsonc-parser';
import { type LockGraph, NONE, SOURCE_KINDS } from '../../../src/graph/model.ts';
import { type FormatName, readLockfile } from '../../../src/lockfiles/index.ts';
import { type Place, placesOf } from '../../../src/lockfiles/places/index.ts';
import type { LockfileInput } from '../../../src/lockfiles/reader.ts';

/** Nodes of one lockfile whose place is right, and what is wrong with the others. */
export interface Judged {
  readonly placed: number;
  /** Keys without a place that the file does not hold either: projects and directories that it does not list. */
  readonly unlisted: number;
  readonly wrong: readonly string[];
}

/** Reads a lockfile and judges the place of every node. */
export async function judge(format: FormatName, input: LockfileInput): Promise<Judged> {
  const graph = await readLockfile(format, input);
  const keys = new Set(Array.from(graph.key, (id) => graph.strings[id]!));
  const places = placesOf(format, input.text, keys);
  const judgeOf = judgeFor(graph, input.text);
  const wrong = new Set<string>();
  let placed = 0;
  let unlisted = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    const key = graph.strings[graph.key[node]!]!;
    const place = places.get(key);
    const reason = place === undefined ? judgeOf.absent(key, node) : judgeOf.present(key, place);
    if (reason !== undefined) wrong.add(`${JSON.stringify(key)} at ${place?.line}:${place?.column}: ${reason}`);
    else if (place === undefined) unlisted++;
    else placed++;
  }
  return { placed, unlisted, wrong: [...wrong] };
}

/** Reasons why a place, or that there is none, is wrong. */
interface Judge {
  present(key: string, place: Place): string | undefined;
  absent(key: string, node: number): string | undefined;
}

function judgeFor(graph: LockGraph, text: string): Judge {
  const lines = text.split('\n');
  if (graph.kind === 'bun' || /^\s*\{/.test(text)) return jsonJudge(graph, text, lines);
  return graph.kind === 'pnpm' ? pnpmJudge(graph, lines) : yarnJudge(graph, lines);
}

/** What a lockfile may leave out: one's own directories and files. */
function isOwn(graph: LockGraph, node: number): boolean {
  return ['workspace', 'link', 'file'].includes(SOURCE_KINDS[graph.source[node]!]!);
}

function jsonJudge(graph: LockGraph, text: string, lines: readonly string[]): Judge {
  const tree = parseTree(text, [], { allowTrailingComma: true })!;
  const starts = [0];
  for (const line of lines) starts.push(starts.at(-1)! + line.length + 1);
  const names = new Set<string>();
  const stack: Node[] = [tree];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (node.type === 'property') names.add(String(node.children![0]!.value));
    for (const child of node.children ?? []) stack.push(child);
  }
  return {
    present(key, { line, column }) {
      const offset = starts[line - 1]! + column - 1;
      const node = findNodeAtOffset(tree, offset);
      if (node === undefined || node.offset !== offset) return 'no node starts there';
      const isKey = node.parent?.type === 'property' && node.parent.children![0] === node;
      const path = getNodePath(isKey ? node.parent!.children![1]! : node).map(String);
      const value = isKey ? node.parent!.children![1]! : node;
      return isEntry(graph, key, path, value, isKey) ? undefined : `that is ${path.join(' > ')}`;
    },
    absent(key, node) {
      if (!isOwn(graph, node)) return 'not found';
      return names.has(key) && graph.name[node] !== NONE && key !== ''
        ? 'not found, though there is such a key'
        : undefined;
    },
  };
}

function isEntry(graph: LockGraph, key: string, path: readonly string[], value: Node, isKey: boolean): boolean {
  const [first, second] = path;
  switch (graph.kind) {
    case 'npm':
      if (graph.formatVersion !== '1' && graph.formatVersion !== '')
        return isKey && path.length === 2 && first === 'packages' && second === key;
      return isKey && (isInTree(key, path) || isLinked(key, value, path));
    case 'bun':
      return (
        isKey &&
        path.length === 2 &&
        (first === 'packages' ? second === key : first === 'workspaces' && plain(second!) === plain(key))
      );
    case 'yarn-berry':
      return isKey && path.length === 2 && first === 'entries' && second === key;
    default:
      if (value.type === 'object')
        return (key === '' && path.join('/') === 'metadata/component') || `/${path.join('/')}` === key;
      return ['bom-ref', 'SPDXID', 'spdxId', '@id'].includes(path.at(-1)!) && value.value === key;
  }
}

function isInTree(key: string, path: readonly string[]): boolean {
  return (
    `/${key}` ===
    path.map((name, at) => (at % 2 === 0 ? (name === 'dependencies' ? '/node_modules/' : '?') : name)).join('')
  );
}

/** A linked directory stands under the name of the link, what it holds below that. */
function isLinked(key: string, value: Node, path: readonly string[]): boolean {
  const version = value.children?.find((child) => child.children?.[0]?.value === 'version')?.children?.[1]?.value;
  const written =
    typeof version === 'string' && /^(?:file|link):/.test(version) ? plain(version.replace(/^\w+:/, '')) : undefined;
  return written === plain(key) || key.endsWith(`/node_modules/${path.at(-1)}`);
}

function plain(path: string): string {
  return path.replace(/^(?:\.\/)+/, '').replace(/\/$/, '');
}

function pnpmJudge(graph: LockGraph, lines: readonly string[]): Judge {
  const sections: (string | undefined)[] = [];
  for (const line of lines)
    sections.push(/^(\w+):/.exec(line)?.[1] ?? (/^\S/.test(line) ? undefined : sections.at(-1)));
  const held = new Set(lines.map(keyOf));
  return {
    present(key, { line, column }) {
      const found = keyOf(lines[line - 1]!.slice(column - 1));
      const base = key.replace(/\(.*\)$/, '');
      const section = sections[line - 1];
      if (section === 'packages') return found === key || found === base ? undefined : `that is ${found}`;
      if (section === 'snapshots' && lines.some((text, at) => sections[at] === 'packages' && keyOf(text) === base))
        return 'packages has it';
      return found === key && (section === 'snapshots' || section === 'importers')
        ? undefined
        : `that is ${found} of ${section}`;
    },
    absent: (key, node) => (isOwn(graph, node) && !held.has(key) ? undefined : 'not found'),
  };
}

function yarnJudge(graph: LockGraph, lines: readonly string[]): Judge {
  const isClassic = graph.kind === 'yarn-classic';
  const held = new Set(lines.map(keyOf));
  return {
    present(key, { line, column }) {
      const text = lines[line - 1]!.slice(column - 1);
      if (lines[line - 1]!.slice(0, column - 1).replace('? ', '') !== '') return 'inside a line';
      const isThere = isClassic ? text.startsWith(`${key}:`) : keyOf(text) === key;
      return isThere ? undefined : `that is ${text.slice(0, 100)}`;
    },
    absent: (key, node) => (isOwn(graph, node) && (key === '' || !held.has(key)) ? undefined : 'not found'),
  };
}

/** The key of a line of YAML, as js-yaml reads it. */
function keyOf(line: string): string | undefined {
  const trimmed = line.trim();
  if (!/:(?:\s|$)|^["']/.test(trimmed)) return undefined;
  try {
    // Where the quotes close, nothing or a colon follows; a plain key ends at the first colon before a space.
    const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(trimmed)?.[0];
    return quoted === undefined ? trimmed.replace(/\s*:(?:\s.*)?$/s, '') : String(load(quoted));
  } catch {
    return undefined;
  }
}

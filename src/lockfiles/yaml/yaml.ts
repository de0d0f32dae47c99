/**
 * YAML for lockfiles: what js-yaml's `load` gives, several times faster for the YAML that package managers write.
 * Anchors, aliases and merge keys are refused: no lockfile has them, and they make small files large.
 */
import { type LoadOptions, loadAll, YAMLException } from 'js-yaml';
import { LockfileError } from '../../diagnostics.ts';
import { lineAt } from '../../lines.ts';
import { LIMITS } from '../reader.ts';
import { TreeCursor, type YamlCursor } from './cursor.ts';
import { OUTSIDE } from './scan.ts';
import { TextCursor } from './text.ts';

/**
 * Parses one YAML document as js-yaml's `load` would.
 *
 * @throws LockfileError LOCKFILE_SYNTAX with line and column, LOCKFILE_TOO_COMPLEX for anchors, aliases, merge keys
 * and nesting beyond LIMITS.depth
 */
export function parseYaml(path: string, text: string): unknown {
  const documents = parseYamlDocuments(path, text);
  if (documents.length < 2) return documents[0];
  throw syntaxError(path, 'expected a single document in the stream, but found more');
}

/** Parses every YAML document of a text as js-yaml's `loadAll` would; throws as parseYaml does. */
export function parseYamlDocuments(path: string, text: string): unknown[] {
  return readYaml(path, text, (cursor) => {
    const documents: unknown[] = [];
    while (cursor.document()) documents.push(cursor.value());
    return documents;
  });
}

/**
 * Reads a text through a cursor. `read` may run twice, the second time with another cursor, and then its first run
 * must have left nothing behind. Throws as parseYaml does, and what `read` throws.
 */
export function readYaml<T>(path: string, text: string, read: (cursor: YamlCursor) => T): T {
  try {
    return read(new TextCursor(text));
  } catch (error) {
    if (error !== OUTSIDE) throw error;
  }
  return read(new TreeCursor(loadWithJsYaml(path, text)));
}

/** The parts of js-yaml's state and options that its types leave out. */
interface NodeState {
  readonly tag: string | null;
  readonly anchor: string | null;
  readonly line: number;
  readonly position: number;
  readonly lineStart: number;
}
interface BoundedOptions extends LoadOptions {
  readonly maxDepth: number;
}

function loadWithJsYaml(path: string, text: string): unknown[] {
  const options: BoundedOptions = {
    maxDepth: LIMITS.depth,
    // js-yaml reports every node; an alias needs an anchor, so refusing anchors refuses both.
    listener(event: string, state: unknown) {
      if (event === 'close') refuseReferences(path, state as NodeState);
    },
  };
  try {
    return loadAll(text, undefined, options);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const place = error.mark && {
      line: Math.min(error.mark.line + 1, lineAt(text, text.length)),
      column: error.mark.column + 1,
    };
    if (error.reason.startsWith('nesting exceeded')) throw tooComplex(path, 'nested too deeply', place);
    throw syntaxError(path, error.reason, place);
  }
}

function refuseReferences(path: string, state: NodeState): void {
  if (state.anchor === null && state.tag !== 'tag:yaml.org,2002:merge') return;
  const place = { line: state.line + 1, column: state.position - state.lineStart + 1 };
  throw tooComplex(path, 'anchors, aliases or merge keys', place);
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** Only the fixed part of a reason is shown: js-yaml puts text of the file after a quote, a colon or a tag's mark. */
function syntaxError(path: string, reason: string, place?: Place): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_SYNTAX',
    file: path,
    ...place,
    message: `not valid YAML: ${reason.replace(/ ?(?:"|: |!<).*$/s, '')}`,
    next: 'the file may be truncated: restore it from version control, or write it again with the package manager',
  });
}

function tooComplex(path: string, what: string, place?: Place): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_TOO_COMPLEX',
    file: path,
    ...place,
    message: `${what}: expected the plain YAML a package manager writes`,
    next: 'restore the file from version control, or write it again with the package manager',
  });
}

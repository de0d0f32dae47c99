/** JSON with a place in its errors. The fast path is JSON.parse; a tolerant parser is loaded only to find the line. */
import { LockfileError } from '../diagnostics.ts';
import { isObject, type JsonObject } from '../json.ts';
import { columnAt, lineAt } from '../lines.ts';

/**
 * Parses a JSON lockfile whose top level is an object.
 *
 * @throws LockfileError LOCKFILE_SYNTAX with line and column, LOCKFILE_SHAPE where the top level is something else
 */
export async function parseLockfileJson(path: string, text: string): Promise<JsonObject> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw await syntaxError(path, text);
  }
  return objectAtTop(path, value);
}

/** @throws LockfileError LOCKFILE_SHAPE where the whole document is no object */
export function objectAtTop(path: string, value: unknown): JsonObject {
  if (isObject(value)) return value;
  throw new LockfileError({
    code: 'LOCKFILE_SHAPE',
    file: path,
    line: 1,
    column: 1,
    message: 'expected a JSON object at the top level',
    next: 'restore the file from version control, or write it again with the package manager',
  });
}

/** The tolerant parser is recursive; JSON.parse is not and has no such limit. */
const VISITED_DEPTH = 1000;

function tooDeep(path: string, line: number): LockfileError {
  return new LockfileError({
    code: 'LOCKFILE_TOO_COMPLEX',
    file: path,
    line,
    message: `not valid JSON, and nested more than ${VISITED_DEPTH} levels deep: expected a lockfile`,
    next: 'restore the file from version control, or write it again with the package manager',
  });
}

async function syntaxError(path: string, text: string): Promise<LockfileError> {
  const { printParseErrorCode, visit } = await import('jsonc-parser');
  let offset = text.length;
  let what = 'InvalidSymbol';
  let depth = 0;
  const enter = (at: number): void => {
    if (++depth > VISITED_DEPTH) throw tooDeep(path, lineAt(text, at));
  };
  const leave = (): void => {
    depth--;
  };
  visit(
    text,
    {
      onObjectBegin: enter,
      onObjectEnd: leave,
      onArrayBegin: enter,
      onArrayEnd: leave,
      onError: (error, at) => {
        if (at >= offset) return;
        offset = at;
        what = printParseErrorCode(error);
      },
    },
    { disallowComments: true },
  );
  const line = lineAt(text, offset);
  return new LockfileError({
    code: 'LOCKFILE_SYNTAX',
    file: path,
    line,
    column: columnAt(text, offset),
    message: `not valid JSON (${what}): expected a complete JSON document`,
    next: 'the file may be truncated: restore it from version control, or write it again with the package manager',
  });
}

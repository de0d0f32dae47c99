/** Which commit a ref is, from the list of refs of a server. Pure. */
import { isObjectId } from '../remote/blobs.ts';
import { isRef } from './address.ts';

export interface Ref {
  /** Of the object, followed to its commit where the list says it. */
  readonly id: string;
  /** Full, without `^{}`. */
  readonly name: string;
}

/** What of `git ls-remote` decides, the first that is there. A tag's object is followed to its commit (`^{}`). */
export function candidatesOf(ref: string | undefined): readonly string[] {
  if (ref === undefined) return ['HEAD'];
  if (ref === 'HEAD') return ['HEAD'];
  if (ref.startsWith('refs/')) return [`${ref}^{}`, ref];
  // A branch before a tag of its name, as git clone --branch has it.
  return [`refs/heads/${ref}`, `refs/tags/${ref}^{}`, `refs/tags/${ref}`];
}

/** The first candidate in lines of an object id, a tab and a name. */
export function resolved(lines: readonly string[], candidates: readonly string[]): Ref | undefined {
  const ids = new Map<string, string>();
  for (const line of lines) {
    const [id = '', name = ''] = line.split('\t');
    if (isObjectId(id)) ids.set(name, id);
  }
  for (const candidate of candidates) {
    const id = ids.get(candidate);
    if (id !== undefined) return { id, name: candidate.replace(/\^\{\}$/, '') };
  }
  return undefined;
}

/** The branch that HEAD is a name for, from the line `ref: refs/heads/main`, a tab and `HEAD` of `ls-remote --symref`. */
export function headOf(lines: readonly string[]): string | undefined {
  for (const line of lines) {
    const [, branch] = /^ref: refs\/heads\/(.+)\tHEAD$/.exec(line) ?? [];
    if (branch !== undefined && isRef(branch)) return branch;
  }
  return undefined;
}

/** Git objects out of made files, with the ids that git gives them. */
import { createHash } from 'node:crypto';

/** By path: text or bytes of a file, the target of a link, the commit of a submodule. */
export type Files = Readonly<
  Record<string, string | Uint8Array | { readonly link: string } | { readonly module: string }>
>;

export interface MadeEntry {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
  /** Bytes of a blob. */
  readonly size?: number;
}

export interface MadeCommit {
  readonly id: string;
  readonly tree: string;
}

/** What repositories of one server hold. */
export class Objects {
  readonly blobs = new Map<string, Buffer>();
  /** Entries of each tree by its id, in git's order. */
  readonly trees = new Map<string, readonly MadeEntry[]>();
  readonly commits = new Map<string, MadeCommit>();

  commit(files: Files, message = 'made'): MadeCommit {
    const tree = this.tree(files);
    const person = 'Made <made@example.com> 1700000000 +0000';
    const id = objectId('commit', Buffer.from(`tree ${tree}\nauthor ${person}\ncommitter ${person}\n\n${message}\n`));
    const commit = { id, tree };
    this.commits.set(id, commit);
    return commit;
  }

  tree(files: Files): string {
    const below = new Map<string, Record<string, Files[string]>>();
    const entries: MadeEntry[] = [];
    for (const [path, file] of Object.entries(files)) {
      const slash = path.indexOf('/');
      if (slash === -1) entries.push(this.#entry(path, file));
      else {
        const directory = path.slice(0, slash);
        const inside = below.get(directory) ?? {};
        inside[path.slice(slash + 1)] = file;
        below.set(directory, inside);
      }
    }
    for (const [path, inside] of below) entries.push({ path, mode: '040000', type: 'tree', sha: this.tree(inside) });
    entries.sort((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
    const content = entries.map(({ path, mode, sha }) =>
      Buffer.concat([Buffer.from(`${mode.replace(/^0/, '')} ${path}\0`), Buffer.from(sha, 'hex')]),
    );
    const id = objectId('tree', Buffer.concat(content));
    this.trees.set(id, entries);
    return id;
  }

  /** All entries of a tree and those in it, as `git ls-tree -r -t` lists them. */
  all(tree: string, above = ''): MadeEntry[] {
    return (this.trees.get(tree) ?? []).flatMap((entry) => [
      { ...entry, path: above + entry.path },
      ...(entry.type === 'tree' ? this.all(entry.sha, `${above}${entry.path}/`) : []),
    ]);
  }

  #entry(path: string, file: Files[string]): MadeEntry {
    if (typeof file === 'object' && 'module' in file) return { path, mode: '160000', type: 'commit', sha: file.module };
    const isLink = typeof file === 'object' && 'link' in file;
    const content = isLink ? Buffer.from(file.link) : Buffer.from(file);
    const sha = objectId('blob', content);
    this.blobs.set(sha, content);
    return { path, mode: isLink ? '120000' : '100644', type: 'blob', sha, size: content.length };
  }
}

export function objectId(type: string, content: Uint8Array): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

function sortKey({ path, type }: MadeEntry): Buffer {
  return Buffer.from(type === 'tree' ? `${path}/` : path);
}

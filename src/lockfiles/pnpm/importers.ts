/** The projects of a pnpm lockfile, and the directories that links lead to. */
import { posix } from 'node:path';
import type { GraphBuilder } from '../../graph/builder.ts';
import { asString, isObject, type JsonObject } from '../../json.ts';
import type { LockfileInput } from '../reader.ts';
import type { Importer } from './file.ts';

/** Nodes of directories: projects, and what is linked from outside of them. Paths are relative to the lockfile. */
export class Directories {
  readonly #builder: GraphBuilder;
  readonly #input: LockfileInput;
  readonly #nodes = new Map<string, number>();

  constructor(builder: GraphBuilder, input: LockfileInput) {
    this.#builder = builder;
    this.#input = input;
  }

  /** Adds a project; its name and version are those of its manifest. */
  project(importer: Importer): number {
    const path = directoryOf(importer.id);
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const manifest = this.#manifest(path);
    const name = asString(manifest.name);
    const node = this.#builder.node({
      key: importer.id,
      ecosystem: 'npm',
      name: name ?? '',
      version: asString(manifest.version),
      source: 'workspace',
      resolved: path,
    });
    this.#builder.project(node, path, name);
    this.#nodes.set(path, node);
    return node;
  }

  /** What others link to is this directory of the project. */
  published(importer: Importer, node: number): void {
    if (importer.publishDirectory === undefined) return;
    const path = directoryOf(posix.join(importer.id, importer.publishDirectory));
    if (!this.#nodes.has(path)) this.#nodes.set(path, node);
  }

  /** The node a link leads to, made where there is none yet. */
  link(from: string, target: string, name: string): number {
    const path = isAbsolute(target) ? target : directoryOf(posix.join(from, target));
    const known = this.#nodes.get(path);
    if (known !== undefined) return known;
    const manifest = this.#manifest(path);
    const node = this.#builder.node({
      key: `link:${path}`,
      ecosystem: 'npm',
      name: asString(manifest.name) ?? name,
      version: asString(manifest.version),
      source: 'link',
      resolved: path,
    });
    this.#nodes.set(path, node);
    return node;
  }

  #manifest(path: string): JsonObject {
    const file = posix.join(path, 'package.json');
    const text = this.#input.siblings.read(file);
    if (text === undefined) return {};
    try {
      const manifest: unknown = JSON.parse(text);
      if (isObject(manifest)) return manifest;
    } catch {
      // Told below: the same as for a manifest that is no object.
    }
    this.#builder.diagnostic({
      code: 'MANIFEST_UNREADABLE',
      severity: 'notice',
      file: posix.join(posix.dirname(this.#input.path), file),
      message: 'not a JSON object: the name of the project is not known',
      next: 'correct the manifest',
    });
    return {};
  }
}

/** '' for the lockfile's own directory. */
function directoryOf(id: string): string {
  const path = posix.normalize(id).replace(/\/$/, '');
  return path === '.' ? '' : path;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[a-z]:[\\/]/i.test(path);
}

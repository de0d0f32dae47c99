/** Reads the projects of a pnpm lockfile. */
import { isObject, type JsonObject } from '../../json.ts';
import type { YamlCursor } from '../yaml/cursor.ts';
import { type Declared, type DependencyKind, type Importer, type PnpmFile, versionText } from './file.ts';

export function readImporters(cursor: YamlCursor, file: PnpmFile): void {
  file.importers ??= [];
  if (!cursor.enter()) {
    file.skipped.push('importers');
    return;
  }
  for (let id = cursor.key(); id !== undefined; id = cursor.key()) {
    const importer: Importer = { id, declared: [], publishDirectory: undefined };
    file.importers.push(importer);
    if (!cursor.enter()) {
      file.skipped.push(id);
      continue;
    }
    const reader = new ImporterReader(cursor, file, importer);
    for (let key = cursor.key(); key !== undefined; key = cursor.key()) if (!reader.read(key)) cursor.skip();
    reader.finish();
  }
}

/** Reads one importer; specifiers stand beside the references (up to 5.x) or with them. */
export class ImporterReader {
  readonly #cursor: YamlCursor;
  readonly #file: PnpmFile;
  readonly #importer: Importer;
  readonly #references: { kind: DependencyKind; name: string; reference: string }[] = [];
  #specifiers: Map<string, string> | undefined;

  constructor(cursor: YamlCursor, file: PnpmFile, importer: Importer) {
    this.#cursor = cursor;
    this.#file = file;
    this.#importer = importer;
  }

  /** Takes the value of a key of an importer; false, and the value not taken, where it is none. */
  read(key: string): boolean {
    switch (key) {
      case 'dependencies':
        this.#dependencies('prod');
        return true;
      // What installs and configures the project is there for building it, not when it runs.
      case 'devDependencies':
      case 'configDependencies':
      case 'packageManagerDependencies':
        this.#dependencies('dev');
        return true;
      case 'optionalDependencies':
        this.#dependencies('optional');
        return true;
      case 'specifiers':
        this.#readSpecifiers();
        return true;
      case 'publishDirectory':
        this.#importer.publishDirectory = this.#cursor.string();
        return true;
      default:
        return false;
    }
  }

  #readSpecifiers(): void {
    this.#specifiers = new Map();
    if (!this.#cursor.enter()) return;
    for (let name = this.#cursor.key(); name !== undefined; name = this.#cursor.key()) {
      const specifier = versionText(this.#cursor.value());
      if (specifier !== undefined) this.#specifiers.set(name, specifier);
    }
  }

  #dependencies(kind: DependencyKind): void {
    const cursor = this.#cursor;
    if (!cursor.enter()) {
      this.#file.skipped.push(this.#importer.id);
      return;
    }
    for (let name = cursor.key(); name !== undefined; name = cursor.key()) {
      const value = cursor.value();
      const fields = isObject(value) ? value : undefined;
      if (fields === undefined && typeof value === 'string') this.#references.push({ kind, name, reference: value });
      else this.#importer.declared.push({ kind, name, ...inlineFields(fields) });
    }
  }

  /** Joins references and specifiers; a specifier without a reference is a dependency that was not resolved. */
  finish(): void {
    const declared = this.#importer.declared;
    const specifiers = this.#specifiers;
    for (const { kind, name, reference } of this.#references) {
      declared.push({ kind, name, specifier: specifiers?.get(name), reference });
    }
    if (specifiers === undefined || specifiers.size === 0) return;
    const resolved = new Set(declared.map(({ name }) => name));
    for (const [name, specifier] of specifiers) {
      if (!resolved.has(name)) declared.push({ kind: 'prod', name, specifier, reference: undefined });
    }
  }
}

function inlineFields(fields: JsonObject | undefined): Pick<Declared, 'specifier' | 'reference'> {
  const reference = fields?.version;
  return {
    specifier: versionText(fields?.specifier),
    reference: typeof reference === 'string' ? reference : undefined,
  };
}

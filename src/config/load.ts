/** Finds and reads the config: data formats only, nothing is executed. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Node, ParseError } from 'jsonc-parser';
import type { LayerName } from '../causes/layer.ts';
import { UsageError } from '../errors.ts';
import { columnAt, lineAt } from '../lines.ts';
import { type Schema, validate } from './validate.ts';

export interface ServiceConfig {
  readonly lockfile?: string;
  readonly workspace?: string;
  readonly weight?: number;
  readonly drop?: boolean;
  /** Who is told when something is wrong with it. */
  readonly contact?: string;
}

export interface SystemConfig {
  readonly members: readonly string[];
  readonly need?: number;
  readonly weight?: number;
}

export interface GuardConfig {
  readonly service: string;
  readonly protects: readonly string[];
}

export interface IgnoreConfig {
  readonly cause: string;
  readonly reason?: string;
  readonly expires?: string;
}

export interface FailOnConfig {
  readonly blastRadius?: number;
  readonly layers?: readonly LayerName[];
  /** As options name them: `redundancy-defeated`. */
  readonly rules?: readonly string[];
}

/** A place in the config, for errors that only show once the fleet is known. */
export type Locate = (path: readonly (string | number)[]) => {
  readonly file: string;
  readonly line: number;
  readonly column: number;
};

export interface Config {
  readonly file: string | undefined;
  readonly services: ReadonlyMap<string, ServiceConfig>;
  readonly systems: ReadonlyMap<string, SystemConfig>;
  readonly guards: ReadonlyMap<string, GuardConfig>;
  readonly ignore: readonly IgnoreConfig[];
  readonly failOn: FailOnConfig | undefined;
  readonly locate: Locate;
}

export const NO_CONFIG: Config = {
  file: undefined,
  services: new Map(),
  systems: new Map(),
  guards: new Map(),
  ignore: [],
  failOn: undefined,
  locate: () => ({ file: '', line: 1, column: 1 }),
};

const NAMES = ['spof-deps.json', 'spof-deps.jsonc', '.config/spof-deps.json', '.config/spof-deps.jsonc'];
const KEY = 'spof-deps';
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The config of a directory: spof-deps.json[c], .config/spof-deps.json[c] or the key of package.json; NO_CONFIG where
 * there is none.
 *
 * @throws UsageError where there are several, or the one is not valid
 */
export async function findConfig(directory: string): Promise<Config> {
  const found = NAMES.filter((name) => existsSync(join(directory, name)));
  const manifest = join(directory, 'package.json');
  const inManifest = existsSync(manifest) && readConfigText(manifest).includes(`"${KEY}"`);
  const [first, second] = [...found, ...(inManifest && (await hasKey(manifest)) ? ['package.json'] : [])];
  if (first === undefined) return NO_CONFIG;
  if (second !== undefined) {
    throw new UsageError([
      {
        code: 'CONFIG_SEVERAL',
        file: second,
        message: `config also found in ${first}: expected one`,
        next: 'keep one of them, or choose one with --config',
      },
    ]);
  }
  return loadConfig(join(directory, first), first === 'package.json' ? [KEY] : []);
}

/**
 * Reads a config file. `path` is where in the document the config stands.
 *
 * @throws UsageError with every violation and its place
 */
export async function loadConfig(file: string, path: readonly string[] = []): Promise<Config> {
  const shown = relative(process.cwd(), file).split(sep).join(posix.sep);
  if (!existsSync(file)) {
    throw new UsageError([
      { code: 'CONFIG_NOT_FOUND', file: shown, message: 'no such file', next: 'check the path given with --config' },
    ]);
  }
  return parseConfig(readConfigText(file), shown, path);
}

/**
 * Reads the text of a config.
 *
 * @param shown the file, as messages name it
 * @param path where in the document the config stands
 * @throws UsageError with every violation and its place
 */
export async function parseConfig(text: string, shown: string, path: readonly string[] = []): Promise<Config> {
  const { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } = await import('jsonc-parser');
  const place = (offset: number) => ({
    file: shown,
    line: lineAt(text, offset),
    column: columnAt(text, offset),
  });
  const errors: ParseError[] = [];
  const document = parseTree(text, errors, { allowTrailingComma: true });
  const broken = errors[0];
  if (!document || broken) {
    throw new UsageError([
      {
        code: 'CONFIG_SYNTAX',
        ...place(broken?.offset ?? 0),
        message: `not valid JSON (${broken ? printParseErrorCode(broken.error) : 'empty'})`,
        next: 'correct the syntax; comments and trailing commas are allowed',
      },
    ]);
  }
  const root = path.length === 0 ? document : findNodeAtLocation(document, [...path]);
  const violations = root ? validate(root, schema()) : [];
  if (violations.length > 0) {
    throw new UsageError(
      violations.map(({ offset, message }) => ({
        code: 'CONFIG_INVALID',
        ...place(offset),
        message,
        next: 'see the schema: node_modules/spof-deps/schema/config.schema.json',
      })),
    );
  }
  const locate: Locate = (at) => place(closest(findNodeAtLocation, root!, at).offset);
  return toConfig(shown, root!, getNodeValue, locate);
}

function readConfigText(file: string): string {
  if (statSync(file).size > MAX_BYTES) {
    throw new UsageError([
      { code: 'CONFIG_SYNTAX', file, message: `more than ${MAX_BYTES} bytes`, next: 'check that this is a config' },
    ]);
  }
  return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
}

async function hasKey(manifest: string): Promise<boolean> {
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser');
  const tree = parseTree(readConfigText(manifest));
  return tree !== undefined && findNodeAtLocation(tree, [KEY]) !== undefined;
}

function schema(): Schema {
  const file = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'schema', 'config.schema.json');
  return JSON.parse(readFileSync(file, 'utf8')) as Schema;
}

function closest(
  find: (root: Node, path: (string | number)[]) => Node | undefined,
  root: Node,
  path: readonly (string | number)[],
): Node {
  for (let length = path.length; length > 0; length--) {
    const node = find(root, path.slice(0, length));
    if (node) return node;
  }
  return root;
}

function toConfig(file: string, root: Node, toValue: (node: Node) => unknown, locate: Locate): Config {
  const section = (name: string): Node | undefined =>
    root.children?.find((property) => property.children?.[0]?.value === name)?.children?.[1];
  const map = <T>(name: string): Map<string, T> =>
    new Map(
      (section(name)?.children ?? []).map((property) => [
        String(property.children![0]!.value),
        toValue(property.children![1]!) as T,
      ]),
    );
  const ignore = section('ignore');
  const failOn = section('failOn');
  return {
    file,
    services: map<ServiceConfig>('services'),
    systems: map<SystemConfig>('systems'),
    guards: map<GuardConfig>('guards'),
    ignore: ignore ? (toValue(ignore) as IgnoreConfig[]) : [],
    failOn: failOn ? (toValue(failOn) as FailOnConfig) : undefined,
    locate,
  };
}

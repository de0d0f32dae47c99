/** Runs whole commands in process, with streams and environment of their own. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import { main } from '../../src/cli.ts';

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function spofDeps(
  args: readonly string[],
  terminal: { readonly columns?: number; readonly isTTY?: boolean; readonly env?: Record<string, string> } = {},
): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  const code = await main(hermetic(args), {
    stdout: {
      write: (text) => (stdout += text),
      isTTY: terminal.isTTY ?? false,
      ...(terminal.columns === undefined ? {} : { columns: terminal.columns }),
    },
    stderr: { write: (text) => (stderr += text), isTTY: terminal.isTTY ?? false },
    env: terminal.env ?? {},
  });
  return { code, stdout, stderr };
}

/** A test that says nothing of evidence asks no registry, and one that says nothing of a cache keeps none. */
function hermetic(args: readonly string[]): readonly string[] {
  // They read what earlier runs kept, and ask nobody.
  if (args[0] === 'diff' || args[0] === 'trend' || args[0] === 'upload') return args;
  const says = [
    'merge',
    'verify',
    '--offline',
    '--evidence',
    '--no-verify',
    '--keys',
    '--help',
    '-h',
    '--version',
    '-V',
  ];
  const asking = says.some((word) => args.includes(word)) ? args : [...args, '--no-verify'];
  const keeps = ['--cache-dir', '--no-cache', '--help', '-h', '--version', '-V'].some((word) => args.includes(word));
  return keeps ? asking : [...asking, '--no-cache'];
}

const made: string[] = [];
// Some tests make thousands of files.
afterAll(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true });
}, 60_000);

/** A directory that is gone after the test file. */
export function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'spof-deps-test-'));
  made.push(directory);
  return directory;
}

/** A directory tree from path to content. */
export function tree(files: Readonly<Record<string, string>>): string {
  const root = scratch();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** A copy of a fixture that a test may change. */
export function copyOf(directory: string): string {
  const root = scratch();
  cpSync(directory, root, { recursive: true });
  return root;
}

/** A package-lock.json, version 3, whose root depends on each package; values are `version` or `version#integrity`. */
export function npmLock(
  packages: Readonly<Record<string, string>>,
  dev: Readonly<Record<string, string>> = {},
): string {
  const entry = (text: string) => {
    const [version, integrity] = text.split('#');
    return integrity ? { version, integrity } : { version };
  };
  const ranges = (deps: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(deps).map(([name, text]) => [name, text.split('#')[0]]));
  return JSON.stringify({
    name: 'made',
    lockfileVersion: 3,
    packages: {
      '': { name: 'made', dependencies: ranges(packages), devDependencies: ranges(dev) },
      ...Object.fromEntries(
        [...Object.entries(packages), ...Object.entries(dev)].map(([name, text]) => [
          `node_modules/${name}`,
          { ...entry(text), ...(name in dev ? { dev: true } : {}) },
        ]),
      ),
    },
  });
}

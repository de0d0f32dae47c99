/** Files that look like lockfiles and are not read: what they are, and what to run to have something that is. */
import type { Diagnostic } from '../diagnostics.ts';

export interface Unsupported {
  /** What the file is. */
  readonly what: string;
  /** What to run instead. */
  readonly next: string;
}

/** How a bun.lockb starts, whatever its name: a line for the shell, then the name of the format. */
const BUN_BINARY = '#!/usr/bin/env bun\nbun-lockfile-format-v';

const BUN_LOCKB: Unsupported = {
  what: 'the binary lockfile of Bun before 1.2',
  next: 'write it as text with: bun install --save-text-lockfile --frozen-lockfile --lockfile-only (Bun 1.2 or later), and commit the bun.lock',
};

/** Lockfiles cdxgen makes an SBOM from: file name, whose it is, and the project type cdxgen knows it by. */
const OF_CDXGEN: readonly (readonly [fileName: string, owner: string, type: string])[] = [
  ['deno.lock', 'Deno', 'deno'],
  ['poetry.lock', 'Poetry (Python)', 'python'],
  ['Pipfile.lock', 'Pipenv (Python)', 'python'],
  ['uv.lock', 'uv (Python)', 'python'],
  ['pdm.lock', 'PDM (Python)', 'python'],
  ['pylock.toml', 'Python packaging', 'python'],
  ['pixi.lock', 'Pixi (conda, Python)', 'pixi'],
  ['Cargo.lock', 'Cargo (Rust)', 'rust'],
  ['go.sum', 'Go modules', 'go'],
  ['Gopkg.lock', 'dep (Go)', 'go'],
  ['Gemfile.lock', 'Bundler (Ruby)', 'ruby'],
  ['composer.lock', 'Composer (PHP)', 'php'],
  ['packages.lock.json', 'NuGet (.NET)', 'dotnet'],
  ['paket.lock', 'Paket (.NET)', 'dotnet'],
  ['gradle.lockfile', 'Gradle (JVM)', 'gradle'],
  ['buildscript-gradle.lockfile', 'Gradle (JVM)', 'gradle'],
  ['mix.lock', 'Mix (Elixir, Erlang)', 'elixir'],
  ['pubspec.lock', 'pub (Dart, Flutter)', 'dart'],
  ['Podfile.lock', 'CocoaPods (Swift, Objective-C)', 'cocoa'],
  ['Package.resolved', 'Swift Package Manager', 'swift'],
  ['conan.lock', 'Conan (C, C++)', 'conan'],
  ['cabal.project.freeze', 'Cabal (Haskell)', 'haskell'],
];

const BY_NAME: ReadonlyMap<string, Unsupported> = new Map<string, Unsupported>([
  ['bun.lockb', BUN_LOCKB],
  [
    'shrinkwrap.yaml',
    {
      what: 'the lockfile of pnpm before 3 (also in Rush)',
      next: 'turn it into a pnpm-lock.yaml with: npx pnpm@3 install --lockfile-only --ignore-scripts, and commit that',
    },
  ],
  [
    'vlt-lock.json',
    {
      what: 'the lockfile of vlt',
      next: `install with vlt, then make an SBOM beside it, which is read: ${cdxgen('js')}`,
    },
  ],
  ...OF_CDXGEN.map(([fileName, owner, type]): [string, Unsupported] => [fileName, bySbom(owner, type)]),
]);

/** What a file is by its name (no directory), if it is a lockfile that is not read. */
export function unsupportedLockfile(fileName: string): Unsupported | undefined {
  return BY_NAME.get(/^pylock\.[^.]+\.toml$/.test(fileName) ? 'pylock.toml' : fileName);
}

/** What a file is by its first bytes, whatever its name. */
export function unsupportedBytes(bytes: Uint8Array): Unsupported | undefined {
  if (bytes.length < BUN_BINARY.length) return undefined;
  for (let at = 0; at < BUN_BINARY.length; at++) if (bytes[at] !== BUN_BINARY.charCodeAt(at)) return undefined;
  return BUN_LOCKB;
}

/** The diagnostic for such a file: what depends on it is missing from the result. */
export function unsupportedDiagnostic(path: string, { what, next }: Unsupported): Diagnostic {
  return {
    code: 'LOCKFILE_UNSUPPORTED',
    severity: 'incomplete',
    file: path,
    message: `${what}, which is not read`,
    next,
  };
}

function bySbom(owner: string, type: string): Unsupported {
  return { what: `a lockfile of ${owner}`, next: `make an SBOM beside it, which is read: ${cdxgen(type)}` };
}

function cdxgen(type: string): string {
  return `npx @cyclonedx/cdxgen -t ${type} -o bom.json`;
}

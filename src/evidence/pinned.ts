/** What the user gives a run to trust: files and a mirror, checked before anything is asked. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { RegistryKey } from '../registry/key.ts';
import { parseKeys } from '../registry/keys.ts';
import { parseTrustedRoot } from './sigstore/trust.ts';

/** @throws UsageError where the file cannot be read or is no trusted root */
export function pinnedRoot(file: string): string {
  const text = fileOf('--trusted-root', file);
  const parsed = parseTrustedRoot(text);
  if ('problem' in parsed) throw notRoot(file, parsed.problem);
  return text;
}

/** @throws UsageError where the file cannot be read or lists no key */
export function pinnedKeys(file: string): { readonly text: string; readonly keys: readonly RegistryKey[] } {
  const text = fileOf('--keys', file);
  const keys = parseKeys(text);
  if (!keys || keys.length === 0) throw notKeys(file);
  return { text, keys };
}

/** @throws UsageError where the mirror is no address, or the root to start from cannot be read */
export function checkTuf(mirror: string | undefined, rootFile: string | undefined): void {
  if (mirror !== undefined && !/^https?:$/.test(protocolOf(mirror))) throw notMirror();
  if (rootFile !== undefined) fileOf('--tuf-root', rootFile);
}

function fileOf(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new UsageError([
      {
        code: 'TRUST_INVALID',
        file,
        message: `cannot read the file of ${option} (${code})`,
        next: 'check the path',
      },
    ]);
  }
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}

function notMirror(): UsageError {
  return new UsageError([
    {
      code: 'USAGE',
      message: '--tuf-mirror: expected an http or https URL',
      next: 'give the address that the metadata of the TUF repository lies below',
    },
  ]);
}

function notRoot(file: string, problem: string): UsageError {
  return new UsageError([
    {
      code: 'TRUST_INVALID',
      file,
      message: `expected a Sigstore trusted root: ${problem}`,
      next: 'give the trusted_root.json of a Sigstore instance, as its TUF repository has it, to --trusted-root',
    },
  ]);
}

function notKeys(file: string): UsageError {
  return new UsageError([
    {
      code: 'TRUST_INVALID',
      file,
      message: 'expected a list of registry keys: { "keys": [{ "keyId", "keyUsage", "publicKey": … }] }',
      next: 'give the keys.json of the registry, as its TUF repository or its keys endpoint has it, to --keys',
    },
  ]);
}

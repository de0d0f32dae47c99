import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initTUF } from '@sigstore/tuf';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSigstore } from './instance.ts';
import { startTuf, type TufServer } from './tuf.ts';
import { refereeOf } from './verifying.ts';

const sigstore = createSigstore();
const KEYS = 'registry.example/npm/keys.json';
const PORT_KEYS = '127.0.0.1:4873/keys.json';
const targets = { 'trusted_root.json': sigstore.trustedRoot, [KEYS]: sigstore.keys(), [PORT_KEYS]: '{"keys":[]}' };

let cachePath: string;
let server: TufServer;
beforeEach(async () => {
  cachePath = mkdtempSync(join(tmpdir(), 'tuf-cache-'));
  server = await startTuf({ targets });
});
afterEach(async () => {
  await server.close();
  rmSync(cachePath, { recursive: true, force: true });
});

const client = (rootPath = server.rootFile) =>
  initTUF({ mirrorURL: server.url, rootPath, cachePath, forceInit: true, retry: { retries: 0 } });

/** Messages of an error and of all it was caused by. */
async function refusal(promise: Promise<unknown>): Promise<string> {
  const messages: string[] = [];
  let error: unknown = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  for (; error instanceof Error; error = error.cause) messages.push(`${error.name}: ${error.message}`);
  return messages.join('; ');
}

describe('the repository', () => {
  it('serves every target to the Sigstore client, and what they hold verifies', async () => {
    const tuf = await client();
    for (const [name, text] of Object.entries(targets)) expect(await tuf.getTarget(name)).toBe(text);
    const { bundle } = sigstore.publishAttestation({ name: 'a', version: '1.0.0', integrity: 'sha512-bWFkZQ==' });
    refereeOf(await tuf.getTarget('trusted_root.json'), await tuf.getTarget(KEYS))(bundle);
    expect(server.requests.map((path) => path.replace(/[0-9a-f]{64}/, '<hash>'))).toEqual([
      '/2.root.json',
      '/timestamp.json',
      '/1.snapshot.json',
      '/1.targets.json',
      '/targets/<hash>.trusted_root.json',
      '/targets/registry.example/npm/<hash>.keys.json',
      '/targets/127.0.0.1:4873/<hash>.keys.json',
    ]);
  });

  it('has no other targets', async () => {
    const tuf = await client();
    await expect(tuf.getTarget('other/keys.json')).rejects.toMatchObject({ code: 'TUF_FIND_TARGET_ERROR' });
  });

  it('serves new targets, to a client that has seen the old ones too', async () => {
    await (await client()).getTarget(KEYS);
    server.setTargets({ 'trusted_root.json': '{}' });
    const tuf = await client();
    expect(await tuf.getTarget('trusted_root.json')).toBe('{}');
    await expect(tuf.getTarget(KEYS)).rejects.toMatchObject({ code: 'TUF_FIND_TARGET_ERROR' });
  });

  it('is refused with a target that is not the one signed', async () => {
    server.tamper(KEYS, sigstore.keys().replace('SHA256', 'SHA257'));
    const tuf = await client();
    await expect(tuf.getTarget('trusted_root.json')).resolves.toBe(sigstore.trustedRoot);
    expect(await refusal(tuf.getTarget(KEYS))).toMatch(/error downloading target.*Expected hash/);
  });

  it('is refused with an expired timestamp', async () => {
    server.expire();
    expect(await refusal(client())).toContain('expired');
  });

  it('is refused by a client that trusts another root', async () => {
    const other = await startTuf({ targets });
    try {
      expect(await refusal(client(other.rootFile))).toContain('timestamp was signed by 0/1 keys');
    } finally {
      await other.close();
    }
  });

  it('leaves nothing behind, and can be closed twice', async () => {
    await server.close();
    await server.close();
    expect(existsSync(server.rootFile)).toBe(false);
    expect(await refusal(initTUF({ mirrorURL: server.url, cachePath, rootPath: server.rootFile }))).toContain('ENOENT');
  });
});

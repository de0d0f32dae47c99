import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps } from '../../cli/harness.ts';
import { gitEnv, repository } from './made.ts';
import { basic, type GitServer, serveHttp } from './server.ts';

const TOKEN = 'ghp-planted-7Qx9';
const root = scratch();
let server: GitServer;
let other: GitServer;

beforeAll(async () => {
  for (const name of ['auth/pay.git', 'old/pay.git']) {
    repository(root, name, { 'package-lock.json': npmLock({ ms: '2.1.3' }), 'package.json': '{}' });
  }
  other = await serveHttp(root, { auth: { password: 'other:other' } });
  const password = `x-token:${TOKEN}`;
  server = await serveHttp(root, {
    auth: { password },
    old: { password, old: true },
    denied: { password: 'x-token:changed' },
    gone: { status: 404, body: TOKEN },
    broken: { status: 500, body: TOKEN },
    trap: { moved: `${other.url}/auth` },
  });
});
afterAll(async () => {
  await server.close();
  await other.close();
});

/** A git that writes down what it is called with, and then is git. */
function watchedGit(log: string): string {
  const directory = scratch();
  const file = join(directory, 'git');
  const search = `PATH=\${PATH#*${delimiter}}`;
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" >> '${log}'\n${search}\nexec git "$@"\n`);
  chmodSync(file, 0o755);
  return directory;
}

function textsBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true }).map((entry) => {
    const path = join(entry.parentPath, entry.name);
    return entry.isFile() ? path + readFileSync(path, 'latin1') : path;
  });
}

describe('a planted token', () => {
  it('reaches the server it is for, and no argument, output, file or other server', async () => {
    const [cache, logs, out] = [scratch(), scratch(), scratch()];
    const log = join(logs, 'arguments');
    const trace = join(logs, 'trace');
    const git = gitEnv();
    const env = {
      ...git,
      PATH: `${watchedGit(log)}${delimiter}${git.PATH}`,
      GIT_TRACE: trace,
      GIT_TRACE_CURL: trace,
      GIT_TRACE_REDACT: '0',
      DEBUG: '1',
    };
    const sources = ['auth', 'old', 'denied', 'gone', 'broken', 'trap'].map(
      (path) => `git+http://x-token:${TOKEN}@${server.host}/${path}/pay.git`,
    );
    sources.push(`git+http://${TOKEN}@${server.host}/denied/named.git`);
    const list = join(scratch(), 'fleet.txt');
    writeFileSync(list, sources.join('\n'));
    const args = ['--cache-dir', cache, '--no-verify', '--sarif-dir', join(out, 'sarif'), '--from', list];
    const files = ['json', 'md', 'html', 'csv', 'sarif'].flatMap((format) => ['--out', join(out, `report.${format}`)]);
    const outputs: string[] = [];
    for (const format of ['terminal', 'github']) {
      const seen = await spofDeps([...args, ...files, '--format', format], { env, isTTY: true });
      expect(seen.code).toBe(3);
      outputs.push(seen.stdout, seen.stderr);
    }
    expect(readFileSync(join(out, 'report.json'), 'utf8')).toContain(`${server.host}/auth/pay`);
    expect(server.requests.some(({ authorization }) => authorization === basic(`x-token:${TOKEN}`))).toBe(true);
    expect(readFileSync(log, 'utf8')).toContain('ls-remote');
    expect(existsSync(trace)).toBe(false);
    const written = [...outputs, readFileSync(log, 'utf8'), ...textsBelow(cache), ...textsBelow(out)];
    const [plain, encoded] = [TOKEN, Buffer.from(`x-token:${TOKEN}`).toString('base64')];
    for (const text of written) expect(text.includes(plain) || text.includes(encoded)).toBe(false);
    for (const { authorization } of other.requests) expect(authorization).toBeUndefined();
  });

  it('is in no message on an address that cannot be used', async () => {
    for (const source of [
      `git+https://u:${TOKEN}@registry.example/a#..`,
      `git+https://u:${TOKEN}@/a`,
      `git+ftp://u:${TOKEN}@registry.example/a`,
      `git+https://u:${TOKEN}%0a@registry.example/a`,
      `git+${TOKEN}`,
      `git+https://registry.example/a?private_token=${TOKEN}`,
    ]) {
      const seen = await spofDeps([source]);
      expect(seen.code).toBe(2);
      expect(seen.stdout + seen.stderr).not.toContain(TOKEN);
    }
  });
});

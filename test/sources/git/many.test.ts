import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps } from '../../cli/harness.ts';
import { emptyRepository, gitEnv, repository } from './made.ts';
import { type GitServer, serveHttp } from './server.ts';

const MANY = 40;
const root = scratch();
const names = Array.from({ length: MANY }, (_, at) => `acme/service-${String(at).padStart(3, '0')}`);
let server: GitServer;

beforeAll(async () => {
  for (const [at, name] of names.entries()) {
    if (at % 10 === 9) emptyRepository(root, name);
    else repository(root, name, { 'package-lock.json': npmLock({ ms: `2.${at % 7}.0`, [`own-${at}`]: '1.0.0' }) });
  }
  server = await serveHttp(root, { gone: { status: 404 } });
});
afterAll(() => server.close());

describe('a fleet of many repositories', () => {
  it('is read in one run, some empty and some gone, and cheaply the next time', async () => {
    const cache = scratch();
    const sources = [
      ...names.map((name) => `git+${server.url}/${name}`),
      `git+${server.url}/gone/a`,
      `git+${server.url}/gone/b`,
    ];
    const args = [...sources, '--cache-dir', cache, '--no-config', '--format', 'json', '--layer', 'package'];
    const cold = await spofDeps(args, { env: gitEnv() });
    const asked = server.requests.length;
    const report = JSON.parse(cold.stdout);
    expect(cold.code).toBe(3);
    expect(report.fleet.services).toHaveLength(36 + 2);
    expect(report.incomplete.map(({ code }: { code: string }) => code)).toEqual([
      'REPOSITORY_NOT_FOUND',
      'REPOSITORY_NOT_FOUND',
    ]);
    expect(report.notices.filter(({ code }: { code: string }) => code === 'REPOSITORY_EMPTY')).toHaveLength(4);
    const warm = await spofDeps(args, { env: gitEnv() });
    expect(warm.stdout).toBe(cold.stdout);
    expect(asked).toBeLessThanOrEqual(6 * (MANY + 2));
    expect(server.requests.length - asked).toBeLessThanOrEqual(36 * 2 + 4 * 4 + 2);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { npmLock, scratch, spofDeps, tree } from '../../cli/harness.ts';
import { gitEnv, repository } from '../git/made.ts';

describe('reports for each repository', () => {
  it('name files of a remote one as it does', async () => {
    const root = scratch();
    const lock = npmLock({ ms: '2.1.3', debug: '4.4.3' });
    const pay = repository(root, 'pay', { 'a/package-lock.json': lock, 'b/package-lock.json': lock });
    const web = repository(root, 'web', { 'package-lock.json': lock });
    const out = join(scratch(), 'sarif');
    const sources = [`git+file://${pay.path}`, `git+file://${web.path}`, tree({ 'package-lock.json': lock })];
    const seen = await spofDeps([...sources, '--no-config', '--sarif-dir', out], { env: gitEnv() });
    expect(seen.code).toBe(0);
    const files = readdirSync(out);
    const uris = (end: string) => {
      const log = JSON.parse(readFileSync(join(out, files.find((file) => file.endsWith(end))!), 'utf8'));
      const results: { locations: { physicalLocation: { artifactLocation: { uri: string } } }[] }[] =
        log.runs[0].results;
      return [...new Set(results.map(({ locations }) => locations[0]!.physicalLocation.artifactLocation.uri))].sort();
    };
    expect(uris('pay.sarif')).toEqual(['a/package-lock.json', 'b/package-lock.json']);
    expect(uris('web.sarif')).toEqual(['package-lock.json']);
  });
});

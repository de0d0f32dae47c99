/** The README is held against the program: what it shows is what the command prints. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spofDeps } from './cli/harness.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  it('shows what its command prints', async () => {
    const [, command, shown] = /```console\n\$ npx spof-deps ([^\n]+)\n([\s\S]*?)```/.exec(readme) ?? [];
    const { stdout } = await spofDeps(command!.split(' '), { columns: 100 });
    expect(shown).toBe(stdout);
  });

  it('links to files that exist', () => {
    for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(() => readFileSync(new URL(`../${target}`, import.meta.url)), target).not.toThrow();
    }
  });
});

/** The README is held against the program: what it shows is what the command prints. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { spofDeps } from './cli/harness.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  const blocks = [...readme.matchAll(/```console\n\$ npx spof-deps ([^\n]+)\n([\s\S]*?)```/g)];

  it('shows commands', () => expect(blocks).toHaveLength(2));

  it.each(blocks.map(([, command, shown]) => [command!, shown!]))('shows what `%s` prints', async (command, shown) => {
    const { stdout } = await spofDeps(command.split(' '), { columns: 100 });
    const timeless = (text: string): string => text.replace(/clock: \S+/, 'clock: now');
    expect(timeless(stdout)).toBe(timeless(shown));
  });

  it('links to files that exist', () => {
    for (const [, target] of readme.matchAll(/\]\(([^)#]+)\)/g)) {
      expect(() => readFileSync(new URL(`../${target}`, import.meta.url)), target).not.toThrow();
    }
  });
});

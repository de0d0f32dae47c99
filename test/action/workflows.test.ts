/** action.yml and the example workflows as data: nothing is put into a script, everything is pinned, rights are the least. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/json.ts';
import { action, listOf, objectOf, ROOT, step, yamlOf } from './runner.ts';

const EXAMPLES = readdirSync(join(ROOT, 'examples/github')).map((name) => `examples/github/${name}`);
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

describe('action.yml', () => {
  it('passes every input by the environment, once, and nothing else', () => {
    const names = Object.keys(objectOf(action.inputs));
    const expected = names.map((name) => [
      `INPUT_${name.toUpperCase().replaceAll('-', '_')}`,
      `\${{ inputs.${name} }}`,
    ]);
    expect(objectOf(step.env)).toEqual(Object.fromEntries(expected));
  });

  it('runs one script, which reads what it is passed', () => {
    expect(listOf(objectOf(action.runs).steps)).toHaveLength(1);
    expect(step.run).toBe('bash "$GITHUB_ACTION_PATH/action/run.sh"');
    const script = textOf('action/run.sh');
    for (const variable of Object.keys(objectOf(step.env))) expect(script).toContain(`\${${variable}:-`);
    for (const [, variable] of script.matchAll(/\$\{?(INPUT_\w+)/g))
      expect(objectOf(step.env)).toHaveProperty(variable!);
    expect(script).not.toMatch(/\$\{\{|\beval\b/);
    expect(spawnSync('bash', ['-n', join(ROOT, 'action/run.sh')]).status).toBe(0);
  });

  it('needs no input, and describes each', () => {
    for (const [name, input] of Object.entries(objectOf(action.inputs))) {
      expect(objectOf(input), name).toEqual({
        description: expect.stringMatching(/\w.*\.$/),
        required: false,
        default: expect.any(String),
      });
    }
  });

  it('hands every output of the script on', () => {
    for (const [name, value] of Object.entries(objectOf(action.outputs))) {
      expect(objectOf(value).value).toBe(`\${{ steps.run.outputs.${name} }}`);
    }
  });
});

interface Job {
  readonly job: JsonObject;
  readonly steps: readonly JsonObject[];
}

function jobsOf(workflow: JsonObject): Job[] {
  return Object.values(objectOf(workflow.jobs)).map((given) => {
    const job = objectOf(given);
    return { job, steps: listOf(job.steps).map(objectOf) };
  });
}

describe.each(EXAMPLES)('%s', (file) => {
  const workflow = yamlOf(file);
  const jobs = jobsOf(workflow);
  const steps = jobs.flatMap((job) => job.steps);

  it('puts no expression into a script', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
    expect(textOf(file)).not.toContain('secrets.');
  });

  it('pins every action by commit, and says which version that is', () => {
    for (const { uses } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
    }
    for (const line of textOf(file).split('\n')) {
      if (/\buses:/.test(line)) expect(line).toMatch(/@[0-9a-f]{40} # (v\d+\.\d+\.\d+$|replace: )/);
    }
  });

  it('asks for the least rights', () => {
    const writes = file.endsWith('code-scanning.yml') ? { 'security-events': 'write', actions: 'read' } : {};
    expect(workflow.permissions).toEqual({});
    for (const { job } of jobs) expect(job.permissions).toEqual({ contents: 'read', ...writes });
  });

  it('ends, gives way, and leaves no token behind', () => {
    expect(objectOf(workflow.concurrency).group).toContain('github.workflow');
    for (const { job } of jobs) expect(job['timeout-minutes']).toEqual(expect.any(Number));
    const checkouts = steps.filter(({ uses }) => String(uses).startsWith('actions/checkout@'));
    expect(checkouts).toHaveLength(1);
    for (const checkout of checkouts) expect(objectOf(checkout.with)['persist-credentials']).toBe(false);
  });

  it('gives the action inputs that it has, and takes outputs that it has', () => {
    for (const { uses, with: given } of steps) {
      if (!String(uses).includes('/spof-deps@')) continue;
      for (const name of Object.keys(objectOf(given))) expect(objectOf(action.inputs)).toHaveProperty([name]);
    }
    for (const [, name] of textOf(file).matchAll(/steps\.(?:before|report)\.outputs\.([a-z-]+)/g)) {
      expect(objectOf(action.outputs)).toHaveProperty([name!]);
    }
  });

  it('starts on no event that gives a fork rights', () => {
    const events = Object.keys(objectOf(workflow.on));
    expect(events).toEqual(file.endsWith('code-scanning.yml') ? ['push', 'schedule'] : ['pull_request']);
  });

  it('is in the documentation as it is', () => {
    expect(textOf('docs/github-action.md')).toContain(`\`\`\`yaml\n${textOf(file)}\`\`\``);
  });
});

describe('docs/github-action.md', () => {
  const text = textOf('docs/github-action.md');
  const named = (heading: string): string[] => {
    const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
    return [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name!);
  };

  it('has every input and output', () => {
    expect(named('Inputs')).toEqual(Object.keys(objectOf(action.inputs)));
    expect(named('Outputs')).toEqual(Object.keys(objectOf(action.outputs)));
  });

  it('links to files that exist', () => {
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g))
      expect(() => textOf(join('docs', target!))).not.toThrow();
  });
});

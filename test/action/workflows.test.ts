/** action.yml and the example workflows as data: nothing is put into a script, everything is pinned, rights are the least. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
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

/** What is right for each of them. */
interface Expected {
  readonly events: readonly string[];
  /** Of each job, in order. */
  readonly permissions: readonly JsonObject[];
  readonly checkouts: number;
  readonly secrets: readonly string[];
  readonly page: string;
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  'pull-request.yml': {
    events: ['pull_request'],
    permissions: [{ contents: 'read' }],
    checkouts: 1,
    secrets: [],
    page: 'docs/github-action.md',
  },
  'code-scanning.yml': {
    events: ['push', 'schedule'],
    permissions: [{ contents: 'read', 'security-events': 'write', actions: 'read' }],
    checkouts: 1,
    secrets: [],
    page: 'docs/github-action.md',
  },
  // Other repositories are reached by tokens of an App; the workflow's own may read the config of the fleet alone.
  'scheduled-scan.yml': {
    events: ['workflow_call'],
    permissions: [{}, { contents: 'read' }, {}],
    checkouts: 1,
    secrets: ['private-key'],
    page: 'docs/scheduled-scan.md',
  },
  'nightly.yml': {
    events: ['schedule', 'workflow_dispatch'],
    permissions: [{ contents: 'read' }, { pages: 'write', 'id-token': 'write' }],
    checkouts: 0,
    secrets: ['SPOF_DEPS_PRIVATE_KEY'],
    page: 'docs/scheduled-scan.md',
  },
};

interface Job {
  readonly job: JsonObject;
  readonly steps: readonly JsonObject[];
}

function jobsOf(workflow: JsonObject): Job[] {
  return Object.values(objectOf(workflow.jobs)).map((given) => {
    const job = objectOf(given);
    return { job, steps: listOf(job.steps ?? []).map(objectOf) };
  });
}

describe.each(EXAMPLES)('%s', (file) => {
  const workflow = yamlOf(file);
  const jobs = jobsOf(workflow);
  const steps = jobs.flatMap((job) => job.steps);
  const expected = EXPECTED[basename(file)]!;

  it('puts no expression into a script', () => {
    for (const { run } of steps) expect(run ?? '').not.toContain('${{');
    const secrets = [...textOf(file).matchAll(/secrets\.([\w-]+)/g)].map(([, name]) => name);
    expect([...new Set(secrets)]).toEqual(expected.secrets);
  });

  it('pins every action by commit, and says which version that is', () => {
    for (const { uses } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/);
    }
    for (const line of textOf(file).split('\n')) {
      const isOwn = line.includes('uses: ./.github/workflows/');
      if (/\buses:/.test(line) && !isOwn) expect(line).toMatch(/@[0-9a-f]{40} # (v\d+\.\d+\.\d+$|replace: )/);
    }
  });

  it('asks for the least rights', () => {
    expect(workflow.permissions).toEqual({});
    expect(jobs.map(({ job }) => job.permissions)).toEqual(expected.permissions);
  });

  it('ends, gives way, and leaves no token behind', () => {
    // One that is called gives way as the one that calls it does.
    if (!expected.events.includes('workflow_call'))
      expect(objectOf(workflow.concurrency).group).toContain('github.workflow');
    for (const { job } of jobs) if (!job.uses) expect(job['timeout-minutes']).toEqual(expect.any(Number));
    const checkouts = steps.filter(({ uses }) => String(uses).startsWith('actions/checkout@'));
    expect(checkouts).toHaveLength(expected.checkouts);
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
    expect(Object.keys(objectOf(workflow.on))).toEqual(expected.events);
  });

  it('is in the documentation as it is', () => {
    const isShort = textOf(file).length < 5000;
    if (isShort) expect(textOf(expected.page)).toContain(`\`\`\`yaml\n${textOf(file)}\`\`\``);
    expect(textOf(expected.page)).toContain(`(../${file})`);
  });

  it('gives a workflow of its own the inputs and secrets that it has', () => {
    for (const { job } of jobs) {
      if (job.uses === undefined) continue;
      const called = yamlOf(`examples/github/${basename(String(job.uses))}`);
      const { inputs, secrets } = objectOf(objectOf(called.on).workflow_call);
      for (const name of Object.keys(objectOf(job.with))) expect(objectOf(inputs)).toHaveProperty([name]);
      for (const [name, input] of Object.entries(objectOf(inputs))) {
        if (objectOf(input).required === true) expect(objectOf(job.with)).toHaveProperty([name]);
      }
      expect(Object.keys(objectOf(job.secrets))).toEqual(Object.keys(objectOf(secrets)));
    }
  });
});

describe('examples/gitlab/scheduled-scan.gitlab-ci.yml', () => {
  const file = 'examples/gitlab/scheduled-scan.gitlab-ci.yml';
  const pipeline = yamlOf(file);

  it('starts by a schedule or by hand alone, and every job ends', () => {
    expect(listOf(objectOf(pipeline.workflow).rules).map((rule) => objectOf(rule).if)).toEqual([
      '$CI_PIPELINE_SOURCE == "schedule"',
      '$CI_PIPELINE_SOURCE == "web"',
    ]);
    for (const name of ['scan', 'merge', 'pages']) {
      expect(objectOf(pipeline[name]).timeout).toEqual(expect.any(String));
      expect(listOf(pipeline.stages)).toContain(objectOf(pipeline[name]).stage);
    }
  });

  it('holds no token, and runs nothing of a package that is installed', () => {
    expect(textOf(file)).not.toMatch(/PRIVATE-TOKEN|glpat-/);
    expect(listOf(objectOf(pipeline.default).before_script)[0]).toContain('--ignore-scripts');
  });

  it('is told of in the documentation', () => {
    expect(textOf('docs/scheduled-scan.md')).toContain(`(../${file})`);
  });
});

describe('docs/scheduled-scan.md', () => {
  const text = textOf('docs/scheduled-scan.md');

  it('has every input of the workflow', () => {
    const called = objectOf(objectOf(yamlOf('examples/github/scheduled-scan.yml').on).workflow_call);
    for (const name of Object.keys(objectOf(called.inputs))) expect(text).toContain(`| \`${name}\` |`);
  });

  it('links to files that exist', () => {
    for (const [, target] of text.matchAll(/\]\(([^)#:]+)\)/g))
      expect(() => textOf(join('docs', target!))).not.toThrow();
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

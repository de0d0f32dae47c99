import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { githubHost } from '../../src/hosts/github.ts';
import type { Claim } from '../../src/upload/sarif-file.ts';
import { checkTargets, type TargetOptions, type Targets, targetOf, workflowOf } from '../../src/upload/target.ts';

const COMMIT = 'a'.repeat(40);
const OTHER = 'b'.repeat(40);
const host = githubHost({ GH_TOKEN: 'x' });
const WORKFLOW = { repository: 'acme/pay', commit: OTHER, ref: 'refs/pull/7/merge' };
const CLAIM: Claim = { url: 'https://github.com/acme/pay', commit: COMMIT, branch: 'main', says: 'github' };
const TARGET = { host: 'github.com', repository: 'acme/pay', commit: COMMIT, ref: 'refs/heads/main' };

function target(claim: Claim | undefined, told: TargetOptions = {}, more: Partial<Targets> = {}) {
  return targetOf(claim, { host, told, workflow: undefined, isOne: false, ...more });
}

function codeOf(given: ReturnType<typeof target>): string | undefined {
  return 'code' in given ? given.code : undefined;
}

describe('the target of a file', () => {
  it('is what it says, where a host listed it or the user named it', () => {
    expect(target(CLAIM)).toEqual(TARGET);
    expect(target({ ...CLAIM, says: 'git', url: 'https://github.com/acme/pay.git' })).toEqual(TARGET);
  });

  it('is not what a checkout or another program says', () => {
    for (const says of ['checkout', undefined, 'listing', '__proto__']) {
      expect(codeOf(target({ ...CLAIM, says }))).toBe('TARGET_UNTOLD');
      expect(codeOf(target({ ...CLAIM, says, url: 'https://github.com/evil/pay' }, {}, { workflow: WORKFLOW }))).toBe(
        'TARGET_UNTOLD',
      );
    }
  });

  it('is what a checkout says where the workflow runs for the same repository, or the user says so', () => {
    const claim = { ...CLAIM, says: 'checkout' };
    expect(target(claim, {}, { workflow: WORKFLOW })).toEqual(TARGET);
    expect(target(claim, { repository: 'Acme/Pay' })).toEqual({ ...TARGET, repository: 'Acme/Pay' });
    const bare = { ...claim, commit: undefined, branch: undefined };
    expect(target(bare, {}, { workflow: WORKFLOW })).toEqual({ ...TARGET, commit: OTHER, ref: WORKFLOW.ref });
  });

  it('is what the user says, before all else', () => {
    const told = { repository: 'acme/web', commit: OTHER, ref: 'refs/heads/next' };
    expect(target(CLAIM, told, { workflow: WORKFLOW })).toEqual({ host: 'github.com', ...told });
    // The commit of one repository is not one of another.
    expect(codeOf(target(CLAIM, { repository: 'acme/web' }))).toBe('TARGET_UNKNOWN');
  });

  it('is that of the workflow for one file that says nothing, and for no more', () => {
    expect(target(undefined, {}, { workflow: WORKFLOW, isOne: true })).toEqual({ host: 'github.com', ...WORKFLOW });
    expect(codeOf(target(undefined, {}, { workflow: WORKFLOW }))).toBe('TARGET_UNKNOWN');
    expect(codeOf(target(undefined, {}, { isOne: true }))).toBe('TARGET_UNKNOWN');
  });

  it('is on the host that is uploaded to, and below what --only allows', () => {
    for (const url of [
      'https://git.example/acme/pay',
      'https://github.com.evil.example/acme/pay',
      'https://github.com:8443/acme/pay',
    ]) {
      expect(codeOf(target({ ...CLAIM, url }))).toBe('TARGET_ELSEWHERE');
    }
    expect(target(CLAIM, { only: ['other', 'ACME'] })).toEqual(TARGET);
    expect(target(CLAIM, { only: ['acme/p*'] })).toEqual(TARGET);
    for (const only of ['acm', 'acme/web', 'acme/*x', '*/web', '!evil']) {
      expect(codeOf(target(CLAIM, { only: [only] })), only).toBe('TARGET_ELSEWHERE');
    }
    // Also where the user names it: the two contradict each other.
    expect(codeOf(target(CLAIM, { repository: 'acme/pay', only: ['other'] }))).toBe('TARGET_ELSEWHERE');
  });

  it('is none on GitLab, with what to do instead', () => {
    const given = target({ ...CLAIM, url: 'https://gitlab.com/acme/team/pay', says: 'gitlab' });
    expect(given).toMatchObject({ code: 'HOST_TAKES_NONE', next: expect.stringContaining('artifacts') });
  });

  it('is none where the commit or the branch is not known', () => {
    expect(target({ ...CLAIM, commit: undefined })).toMatchObject({ message: expect.stringContaining('commit') });
    expect(target({ ...CLAIM, branch: undefined })).toMatchObject({ message: expect.stringContaining('branch') });
  });

  it('is owner and name, whatever a file holds', () => {
    const piece = fc.constantFrom(
      'acme',
      'pay',
      '..',
      '.',
      '/',
      '//',
      '?',
      '#',
      '@',
      ':',
      '%2e',
      '\\',
      'github.com',
      'https:',
      ' ',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 4 }), (url, branch) => {
        const given = target({ ...CLAIM, url: `https://github.com/${url.join('')}`, branch: branch.join('') });
        if ('code' in given) return;
        expect(given.repository).toMatch(/^[\w-]+\/[\w.-]+$/);
        expect(given.repository.split('/')).not.toContain('..');
        expect(given.ref).toMatch(/^refs\/heads\/[^\s~^:?*[\\]+$/);
      }),
    );
  });
});

describe('what the user says', () => {
  it('is refused with all that is wrong', () => {
    const wrong = { repository: 'acme', commit: 'main', ref: 'main', only: [''] };
    const problems = (() => {
      try {
        checkTargets(wrong, false);
      } catch (caught) {
        if (caught instanceof UsageError) return caught.problems;
        throw caught;
      }
      return [];
    })();
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('--repository'),
      expect.stringContaining('--commit'),
      expect.stringContaining('--ref'),
      expect.stringContaining('for one file'),
      expect.stringContaining('--only'),
    ]);
    expect(() => checkTargets({ ref: 'refs/heads/../x' }, true)).toThrow('--ref');
    expect(() => checkTargets({ ref: 'refs/pull/1/head', commit: COMMIT, repository: 'a/b' }, true)).not.toThrow();
  });

  it('by the workflow counts on the host that it runs on', () => {
    const env = { GITHUB_REPOSITORY: 'acme/pay', GITHUB_SHA: OTHER, GITHUB_REF: 'refs/pull/7/merge' };
    expect(workflowOf(env, host)).toEqual(WORKFLOW);
    expect(workflowOf({ ...env, GITHUB_SERVER_URL: 'https://git.example' }, host)).toBeUndefined();
    expect(workflowOf({ ...env, GITHUB_SHA: 'x' }, host)).toBeUndefined();
    expect(workflowOf({}, host)).toBeUndefined();
  });
});

/** What could not be asked is told once for each registry and kind of failure. */
import { describe, expect, it } from 'vitest';
import { Failures } from '../../src/evidence/failures.ts';

const A = 'https://a.example/';
const B = 'https://b.example/';
const failure = (code: string, message = `it is ${code}`) => ({ kind: 'failed', code, message }) as const;

describe('failures', () => {
  it('are none where nothing failed', () => {
    expect(new Failures().diagnostics()).toEqual([]);
  });

  it('are grouped by registry and code, with examples, in an order of their own', () => {
    const told = (names: readonly string[]) => {
      const failures = new Failures();
      for (const name of names) failures.add(A, name, failure('server'));
      failures.add(B, 'x', failure('server'));
      failures.add(A, 'x', failure('timeout'));
      failures.keys(B);
      return failures.diagnostics();
    };
    const names = ['e', 'd', 'c', 'b', 'a', 'a'];
    const diagnostics = told(names);
    expect(diagnostics.map(({ file, message }) => [file, message])).toEqual([
      [A, 'it is server (server), asked about a, b, c and 2 more'],
      [A, 'it is timeout (timeout), asked about x'],
      [B, 'it is server (server), asked about x'],
      [B, 'the registry did not answer the question for its keys: no signature of it could be checked'],
    ]);
    expect(new Set(diagnostics.map(({ code, severity }) => `${code} ${severity}`))).toEqual(
      new Set(['REGISTRY_FAILED incomplete']),
    );
    expect(told(names.toReversed())).toEqual(diagnostics);
  });

  it.each([
    ['refused-401', /npm login/],
    ['refused-403', /npm login/],
    ['redirected', /configure the registry it redirects to/],
    ['network', /proxy/],
    ['not-a-packument', /--no-verify/],
  ])('of %s say what to do', (code, next) => {
    const failures = new Failures();
    failures.add(A, 'a', failure(code));
    expect(failures.diagnostics()[0]!.next).toMatch(next);
  });
});

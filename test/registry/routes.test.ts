import { describe, expect, it } from 'vitest';
import { parseRoutes, registryOf, routesJson } from '../../src/registry/routes.ts';

const STANDARD = 'https://registry.example/';
const OWN = 'https://npm.acme.example/';

describe('routes', () => {
  it('send each name to the registry it was asked of', () => {
    const ask = (name: string): string => (name.startsWith('@acme/') ? OWN : STANDARD);
    const names = ['debug', '@acme/ui', '@acme/api', '@types/node'];
    const routes = parseRoutes(JSON.parse(JSON.stringify(routesJson(names, STANDARD, ask))))!;
    expect(names.map((name) => registryOf(routes, name))).toEqual(names.map(ask));
    expect(registryOf(routes, '@acme/new')).toBe(OWN);
    expect(registryOf(routes, 'new')).toBe(STANDARD);
  });

  it.each([
    [undefined],
    [null],
    ['https://registry.example/'],
    [{}],
    [{ standard: 7 }],
    [{ standard: 'javascript:0' }],
    [{ standard: 'https://user:secret@registry.example/' }],
  ])('are none where %j was kept', (value) => expect(parseRoutes(value)).toBeUndefined());

  it('leave out scopes that go nowhere, and take __proto__ for a name', () => {
    const kept = JSON.parse(`{"standard":"${STANDARD}","scopes":{"@a":"file:///x","__proto__":"${OWN}"}}`);
    const routes = parseRoutes(kept)!;
    expect([...routes.scopes]).toEqual([['__proto__', OWN]]);
    expect(registryOf(routes, '@a/b')).toBe(STANDARD);
  });
});

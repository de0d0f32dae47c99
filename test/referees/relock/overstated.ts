/**
 * Where the layer may name services that do not take the patch, by case: the managers of which that is so, and why nothing
 * is done about it. Never the other way round.
 */
import { ALL } from './case.ts';
import type { ManagerName } from './managers.ts';

const LATER = 'a gate delays a release, it does not refuse it: the service waits, and takes it then';
const NESTED = 'what lies between a pin and a range below it is not followed';

const OVERSTATED: Readonly<Record<string, readonly [managers: string, why: string]>> = {
  gate: [ALL, LATER],
  'gate-star': [ALL, LATER],
  'gate-tag': [ALL, LATER],
  'gate-transitive': [ALL, LATER],
  'no-gate': ['berry', LATER],
  'no-gate-tag': ['berry', LATER],
  'union-exact-caret': ['bun', 'it takes the exact version of a union, whatever else is in it'],
  'alias-two': ['bun', 'an alias and a direct dependency of the root are equally near'],
  'root-pin-latest': ['npm', 'a tag asked for from below is content with any version from a registry'],
  'root-caret-below': [
    'pnpm bun',
    'a range of the root is met by its own version, though a higher line is open to others',
  ],
  'pin-grandparent': ['pnpm bun', NESTED],
  'override-glob': ['yarn', 'which packages lie on the way of a glob is not followed'],
  'ws-catalog': ['pnpm', 'a range from a catalog settles too'],
};

/** Whether more than is taken may be named. */
export function mayOverstate(name: string, manager: ManagerName): boolean {
  return Object.hasOwn(OVERSTATED, name) && OVERSTATED[name]![0].split(' ').includes(manager);
}

/** The cases told of. */
export const OVERSTATED_CASES: readonly string[] = Object.keys(OVERSTATED);

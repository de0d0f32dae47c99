/**
 * Where the packages of a bun.lock are found by those that need them. A key is an install path: names joined by '/',
 * `a/@scope/b` being @scope/b in the node_modules of a. A workspace's own node_modules stand under its name.
 */
import { LIMITS } from '../reader.ts';

/** One node_modules: the nodes in it by name, and the node_modules to look in next. */
export interface Scope {
  readonly parent: Scope | undefined;
  readonly depth: number;
  readonly nodes: Map<string, number>;
}

export class BunScopes {
  readonly root: Scope = { parent: undefined, depth: 0, nodes: new Map() };
  readonly #scopes = new Map<string, Scope>([['', this.root]]);

  /** Puts a node at an install path and returns the node_modules it stands in; undefined for a path nested too deeply. */
  place(key: string, node: number): Scope | undefined {
    const end = parentEnd(key);
    if (end === 0) {
      this.root.nodes.set(key, node);
      return this.root;
    }
    const scope = this.#scopeAt(key.slice(0, end));
    scope?.nodes.set(key.slice(end + 1), node);
    return scope;
  }

  /** The node_modules of what stands at an install path, where something is in them. */
  inside(key: string): Scope | undefined {
    return this.#scopes.get(key);
  }

  #scopeAt(path: string): Scope | undefined {
    const missing: string[] = [];
    let at = path;
    let scope = this.#scopes.get(at);
    while (scope === undefined) {
      if (missing.push(at) > LIMITS.depth) return undefined;
      at = at.slice(0, parentEnd(at));
      scope = this.#scopes.get(at);
    }
    if (scope.depth + missing.length > LIMITS.depth) return undefined;
    for (const name of missing.reverse()) {
      scope = { parent: scope, depth: scope.depth + 1, nodes: new Map() };
      this.#scopes.set(name, scope);
    }
    return scope;
  }
}

/** The node a name stands for in a node_modules or in those above it. */
export function findInScope(scope: Scope, name: string): number | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const node = at.nodes.get(name);
    if (node !== undefined) return node;
  }
  return undefined;
}

/** The last name of an install path. */
export function bunName(key: string): string {
  const end = parentEnd(key);
  return end === 0 ? key : key.slice(end + 1);
}

/** Length of an install path without its last name and the '/' before that; 0 for a path of one name. */
function parentEnd(key: string): number {
  const slash = key.lastIndexOf('/');
  if (slash <= 0) return 0;
  const before = key.lastIndexOf('/', slash - 1);
  return key[before + 1] === '@' ? Math.max(before, 0) : slash;
}

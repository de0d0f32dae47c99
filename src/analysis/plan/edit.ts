/** What a plan may change, one thing at a time: closed. Each kind has a file that finds candidates and one that makes the change. */
import type { Evidence } from '../../evidence/evidence.ts';
import type { Fleet, FleetLockfile } from '../../graph/fleet.ts';

/** A name is taken out of a manifest of one's own, or what it stands for replaced by code that nobody else has. */
export interface Drop {
  readonly kind: 'drop';
  readonly lockfile: number;
  /** Index into the lockfile's projects: whose manifest it is. */
  readonly project: number;
  /** The name it is depended on by. */
  readonly name: string;
}

/** A locked release gives way to one of a release line that nobody has: hypothetical, which one is open. */
export interface Move {
  readonly kind: 'move';
  readonly lockfile: number;
  readonly name: string;
  readonly version: string;
  /** Stands for the release of the other line. */
  readonly to: string;
}

/** What one host serves to a lockfile is served by another that nobody uses: hypothetical. */
export interface Rehost {
  readonly kind: 'rehost';
  readonly lockfile: number;
  readonly host: string;
}

/** A project runs on another major of Node. */
export interface Replatform {
  readonly kind: 'replatform';
  readonly lockfile: number;
  readonly project: number;
  readonly from: number;
  readonly to: number;
  /** Whether no service of the fleet says that it runs on it. */
  readonly hypothetical: boolean;
}

export type Edit = Drop | Move | Rehost | Replatform;

/** A fleet and what is known of its components. */
export interface Known {
  readonly fleet: Fleet;
  readonly evidence: Evidence;
}

/** A copy to be changed. What is derived from a component keeps what is known of it: nothing else is known. */
export class Draft {
  readonly fleet: Fleet;
  readonly #evidence: Evidence;
  readonly #added: Evidence['components'][number][] = [];

  constructor({ fleet, evidence }: Known) {
    this.fleet = fleet.copy();
    this.#evidence = evidence;
  }

  change(lockfile: number, fields: Partial<FleetLockfile>): void {
    this.fleet.lockfiles[lockfile] = { ...this.fleet.lockfiles[lockfile]!, ...fields };
  }

  derive(component: number, fields: Parameters<Fleet['derive']>[1]): number {
    const before = this.fleet.componentCount;
    const id = this.fleet.derive(component, fields);
    const { components } = this.#evidence;
    if (this.fleet.componentCount > before)
      this.#added.push(components[component] ?? this.#added[component - components.length]!);
    return id;
  }

  done(): Known {
    const components =
      this.#added.length === 0 ? this.#evidence.components : [...this.#evidence.components, ...this.#added];
    return { fleet: this.fleet, evidence: { ...this.#evidence, components } };
  }
}

/** Tells an edit from every other of a fleet; of two that help as much the first by this text is taken. */
export function editKey(fleet: Fleet, edit: Edit): string {
  const { path, projects } = fleet.lockfiles[edit.lockfile]!;
  switch (edit.kind) {
    case 'drop':
      return JSON.stringify([edit.name, edit.kind, path, projects[edit.project]!.path]);
    case 'move':
      return JSON.stringify([edit.name, edit.kind, path, edit.version]);
    case 'rehost':
      return JSON.stringify([edit.host, edit.kind, path]);
    case 'replatform':
      return JSON.stringify(['node', edit.kind, path, projects[edit.project]!.path, edit.from, edit.to]);
  }
}

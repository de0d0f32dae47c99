import { describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../src/graph/builder.ts';
import { Fleet } from '../../src/graph/fleet.ts';
import { fleetOf, graphOf } from '../described.ts';
import type { TwinLockfile, TwinNode } from '../twin.ts';

function holding(path: string, ...nodes: readonly Partial<TwinNode>[]): TwinLockfile {
  return {
    path,
    nodes: nodes.map((node) => ({ ecosystem: 'npm', name: 'x', source: 'registry', ...node })),
    edges: [],
    projects: [],
  };
}

describe('Fleet', () => {
  it('makes nodes with equal columns one component, over all lockfiles', () => {
    const fleet = fleetOf([
      holding('a/package-lock.json', { version: '1.0.0' }, { version: '1.0.0' }, { version: '2.0.0' }),
      holding('b/package-lock.json', { version: '2.0.0' }, { version: undefined }, { version: '' }),
    ]);
    expect(fleet.lockfiles.map((lockfile) => [...lockfile.component])).toEqual([
      [0, 0, 1],
      [1, 2, 3],
    ]);
  });

  it('names one directory of the scan alike from every lockfile', () => {
    const fleet = fleetOf([
      holding('apps/shop/package-lock.json', { source: 'link', resolved: '../../libs/ui' }),
      holding('libs/package-lock.json', { source: 'link', resolved: 'ui' }),
      holding('package-lock.json', { source: 'link', resolved: './libs/ui' }, { source: 'workspace', resolved: '' }),
    ]);
    expect(fleet.componentCount).toBe(2);
    expect(fleet.component(0).resolved).toBe('libs/ui');
    expect(fleet.component(1).resolved).toBe('.');
  });

  it('ties a path that leaves the scan to its lockfile', () => {
    const out = { source: 'link', resolved: '../../outside' } as const;
    const fleet = fleetOf([holding('a/package-lock.json', out), holding('b/package-lock.json', out)]);
    expect([fleet.component(0).resolved, fleet.component(1).resolved]).toEqual(['a:../../outside', 'b:../../outside']);
  });

  it('keeps names of Object.prototype, digests and URLs as they are', () => {
    const node: TwinNode = {
      ecosystem: 'npm',
      name: '__proto__',
      version: 'constructor',
      source: 'url',
      integrity: 'toString',
      resolved: 'https://registry.example/\ud800-half-a-pair.tgz',
    };
    const fleet = new Fleet();
    fleet.add('package-lock.json', graphOf(holding('package-lock.json', node)));
    fleet.add('b/package-lock.json', graphOf(holding('b/package-lock.json', node)));
    expect(fleet.componentCount).toBe(1);
    expect(fleet.component(0)).toEqual(node);
  });
});

describe('credentials', () => {
  const graphWith = (resolved: string, range: string) => {
    const builder = new GraphBuilder('npm', '3');
    const root = builder.node({
      key: '',
      ecosystem: 'npm',
      name: '',
      version: undefined,
      source: 'workspace',
      resolved: '',
    });
    const node = builder.node({ key: 'x', ecosystem: 'npm', name: 'x', version: '1.0.0', source: 'git', resolved });
    builder.project(root, '', undefined);
    builder.edge(root, node, 'prod', 'x', range);
    return builder.build();
  };

  it.each([
    ['https://user:secret@git.example/x.git#1', 'https://git.example/x.git#1'],
    ['git+https://token@git.example/x.git', 'git+https://git.example/x.git'],
    ['https://a:b@c@git.example/x', 'https://git.example/x'],
    ['git+ssh://git@git.example/x.git', 'git+ssh://git@git.example/x.git'],
    ['https://registry.example/@scope/x/-/x-1.0.0.tgz', 'https://registry.example/@scope/x/-/x-1.0.0.tgz'],
  ])('%s is kept as %s', (written, kept) => {
    const fleet = new Fleet();
    const lockfile = fleet.lockfiles[fleet.add('package-lock.json', graphWith(written, written))]!;
    expect(fleet.component(lockfile.component[1]!).resolved).toBe(kept);
    expect(fleet.strings.text(lockfile.edgeRange[0]!)).toBe(kept);
  });
});

/** The layers behind the components: who may publish, whose source, who built, who vouches, who serves. */
import { describe, expect, it } from 'vitest';
import { LAYER_BUILDERS } from '../../src/causes/index.ts';
import type { CauseTable, LayerName } from '../../src/causes/layer.ts';
import { type ComponentEvidence, type Evidence, everyKind, notAsked } from '../../src/evidence/evidence.ts';
import type { Provenance } from '../../src/evidence/provenance.ts';
import type { Fleet } from '../../src/graph/fleet.ts';
import { fleetOf, lockfile } from '../described.ts';

const BUILD: Provenance = {
  predicateType: 'https://slsa.dev/provenance/v1',
  repository: 'https://github.com/acme/tools',
  owner: 'https://github.com/acme',
  repositoryId: '11',
  ownerId: '22',
  commit: undefined,
  ref: undefined,
  workflow: '.github/workflows/release.yml',
  builder: 'https://github.com/actions/runner/github-hosted',
  issuer: 'https://token.actions.githubusercontent.com',
  identity: 'https://github.com/acme/tools/.github/workflows/release.yml@refs/heads/main',
  loggedAt: undefined,
};

const fleet = fleetOf([
  lockfile(
    'a/package-lock.json',
    { '': ['one', 'two', 'three'] },
    {
      one: { resolved: 'https://registry.example/one/-/one-1.0.0.tgz' },
      two: { resolved: 'git+ssh://git@git.example/two.git#abc' },
    },
  ),
]);

/** Evidence that says something of single components, by name. */
function evidenceOf(told: Readonly<Record<string, Partial<ComponentEvidence>>>): Evidence {
  const nothing = notAsked(fleet.componentCount);
  const components = nothing.components.map((evidence, c) => ({ ...evidence, ...told[fleet.component(c).name] }));
  return { ...nothing, components };
}

/** Names of the components of every cause, by the cause's id. */
function membersOf(layer: LayerName, evidence: Evidence, held: Fleet = fleet): Record<string, string[]> {
  const table: CauseTable = LAYER_BUILDERS[layer](held, evidence, []);
  const result: Record<string, string[]> = {};
  for (let c = 0; c < held.componentCount; c++) {
    for (let m = table.start[c]!; m < table.start[c + 1]!; m++) {
      const { id } = table.causes[table.members[m]!]!;
      result[id] = [...(result[id] ?? []), held.component(c).name];
    }
  }
  return result;
}

describe('the layer', () => {
  it('maintainer has every account that may publish, told apart by its registry', () => {
    const publishers = (registry: string, ...accounts: string[]) => ({ publishers: { registry, accounts } });
    const evidence = evidenceOf({
      one: publishers('https://registry.example/', 'alice', 'bob', '__proto__'),
      two: publishers('https://registry.example/', 'alice'),
      three: publishers('https://npm.acme.example/base/', 'alice'),
    });
    expect(membersOf('maintainer', evidence)).toEqual({
      'maintainer:registry.example/alice': ['one', 'two'],
      'maintainer:registry.example/bob': ['one'],
      'maintainer:registry.example/__proto__': ['one'],
      'maintainer:npm.acme.example/base/alice': ['three'],
    });
  });

  it('repository and owner are what manifests declare, and nothing of provenance', () => {
    const history = (declared: string | undefined) => ({
      history: {
        declared,
        lost: undefined,
        predecessor: undefined,
        repositoryBefore: undefined,
        buildBefore: undefined,
      },
    });
    const evidence = evidenceOf({
      one: history('https://github.com/Acme/tools'),
      two: history('https://github.com/acme/Tools'),
      three: { ...history(undefined), build: BUILD },
    });
    expect(membersOf('repository', evidence)).toEqual({ 'repository:https://github.com/acme/tools': ['one', 'two'] });
    expect(membersOf('owner', evidence)).toEqual({ 'owner:https://github.com/acme': ['one', 'two'] });
  });

  it('attested repository and owner go by the numeric id, which a rename does not change', () => {
    const renamed = { ...BUILD, repository: 'https://github.com/acme-new/tools', owner: 'https://github.com/acme-new' };
    const squatted = { ...BUILD, repositoryId: '99', ownerId: '98' };
    const evidence = evidenceOf({ one: { build: BUILD }, two: { build: renamed }, three: { build: squatted } });
    expect(membersOf('attested-repository', evidence)).toEqual({
      'attested-repository:github.com#11': ['one', 'two'],
      'attested-repository:github.com#99': ['three'],
    });
    expect(membersOf('attested-owner', evidence)).toEqual({
      'attested-owner:github.com#22': ['one', 'two'],
      'attested-owner:github.com#98': ['three'],
    });
  });

  it('builder has the platform and the workflow', () => {
    const other = { ...BUILD, workflow: undefined };
    const evidence = evidenceOf({ one: { build: BUILD }, two: { build: other } });
    expect(membersOf('builder', evidence)).toEqual({
      'builder:https://github.com/actions/runner/github-hosted': ['one', 'two'],
      'builder:github.com#11/.github/workflows/release.yml': ['one'],
    });
  });

  it('key has what vouches, and only where it is verified', () => {
    const { verdicts } = everyKind('verified');
    const signed = { verdicts: { ...verdicts, signature: { reason: 'verified', key: 'K1' } } } as const;
    const wrong = { verdicts: { ...verdicts, signature: { reason: 'bad-signature', detail: 'K1' } } } as const;
    const evidence = evidenceOf({ one: { ...signed, build: BUILD }, two: signed, three: wrong });
    expect(membersOf('key', evidence)).toEqual({
      'key:K1': ['one', 'two'],
      'key:https://token.actions.githubusercontent.com': ['one'],
    });
  });

  it('registry has the host of the locked address, where the lockfile has one', () => {
    expect(membersOf('registry', evidenceOf({}))).toEqual({
      'registry:registry.example': ['one'],
      'registry:git.example': ['two'],
    });
  });

  it.each(['maintainer', 'repository', 'owner', 'attested-repository', 'attested-owner', 'builder', 'key'] as const)(
    '%s is empty where nothing was asked',
    (layer) => expect(membersOf(layer, evidenceOf({}))).toEqual({}),
  );
});

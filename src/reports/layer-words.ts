/** How reports name the layers. */
import type { LayerName } from '../causes/layer.ts';

export const LAYER_NAMES: Readonly<Record<LayerName, string>> = {
  artifact: 'Artifacts (same bytes)',
  release: 'Next patches of release lines (hypothetical: what a new lockfile would take)',
  package: 'Packages',
  maintainer: 'Accounts that may publish',
  repository: 'Source repositories (as manifests declare them)',
  owner: 'Owners of source repositories (as manifests declare them)',
  'attested-repository': 'Source repositories (attested)',
  'attested-owner': 'Owners of source repositories (attested)',
  builder: 'Build platforms and workflows (attested)',
  key: 'Keys and identities that vouch',
  registry: 'Registries and hosts',
  runtime: 'Node and package managers',
};

/** What one cause of a layer is called, and several. */
export const LAYER_NOUNS: Readonly<Record<LayerName, { readonly one: string; readonly many: string }>> = {
  artifact: { one: 'set of bytes', many: 'sets of bytes' },
  release: { one: 'next patch', many: 'next patches' },
  package: { one: 'package', many: 'packages' },
  maintainer: { one: 'account', many: 'accounts' },
  repository: { one: 'declared repository', many: 'declared repositories' },
  owner: { one: 'declared owner', many: 'declared owners' },
  'attested-repository': { one: 'attested repository', many: 'attested repositories' },
  'attested-owner': { one: 'attested owner', many: 'attested owners' },
  builder: { one: 'build platform or workflow', many: 'build platforms and workflows' },
  key: { one: 'key', many: 'keys' },
  registry: { one: 'registry', many: 'registries' },
  runtime: { one: 'runtime', many: 'runtimes' },
};

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

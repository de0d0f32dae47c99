/** The layers there are. Adding one: its file, its name in layer.ts, one line here, its tests. */
import { artifactLayer } from './artifact.ts';
import { builderLayer } from './builder.ts';
import { keyLayer } from './key.ts';
import type { Layer, LayerName } from './layer.ts';
import { maintainerLayer } from './maintainer.ts';
import { packageLayer } from './package.ts';
import { registryLayer } from './registry.ts';
import { releaseLayer } from './release.ts';
import { runtimeLayer } from './runtime.ts';
import { attestedOwnerLayer, attestedRepositoryLayer, declaredOwnerLayer, declaredRepositoryLayer } from './source.ts';

export const LAYER_BUILDERS: Record<LayerName, Layer> = {
  artifact: artifactLayer,
  release: releaseLayer,
  package: packageLayer,
  maintainer: maintainerLayer,
  repository: declaredRepositoryLayer,
  owner: declaredOwnerLayer,
  'attested-repository': attestedRepositoryLayer,
  'attested-owner': attestedOwnerLayer,
  builder: builderLayer,
  key: keyLayer,
  registry: registryLayer,
  runtime: runtimeLayer,
};

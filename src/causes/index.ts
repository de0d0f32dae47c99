/** The layers there are. Adding one: its file, its name in layer.ts, one line here, its tests. */
import { artifactLayer } from './artifact.ts';
import type { Layer, LayerName } from './layer.ts';
import { packageLayer } from './package.ts';

export const LAYER_BUILDERS: Record<LayerName, Layer> = { artifact: artifactLayer, package: packageLayer };

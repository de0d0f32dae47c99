/** Values of options as the command line gives them, one by one: checked, or refused with what was expected. */
import { InvalidArgumentError } from 'commander';
import { LAYERS, type LayerName } from '../causes/layer.ts';
import { AUDIT_CODES, ruleCalled, ruleName } from '../findings.ts';
import type { Shard } from '../sources/shard.ts';
import type { FailOn } from './audit.ts';

export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

export function parseTop(value: string): number {
  if (value === 'all') return Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(value) && Number(value) > 0) return Number(value);
  throw new InvalidArgumentError('expected a whole number from 1, or all.');
}

export function parseShard(value: string): Shard {
  const [, index, of] = /^(\d{1,6})\/(\d{1,6})$/.exec(value) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (shard.index >= 1 && shard.index <= shard.of) return shard;
  throw new InvalidArgumentError('expected a part and how many there are: 1/4 to 4/4.');
}

export function collectGate(value: string, before: readonly FailOn[] = []): FailOn[] {
  const fixed = value === 'never' || value === 'invalid' || value === 'new' ? value : undefined;
  const rule = ruleCalled(value);
  if (rule !== undefined && !before.includes('never')) return [...before, { rule }];
  if (fixed === 'never' ? before.length > 0 : before.includes('never')) {
    throw new InvalidArgumentError('never stands alone: it switches every gate off.');
  }
  if (fixed === 'new') return [...before, { since: 'baseline' }];
  if (fixed !== undefined) return [...before, fixed === 'never' ? fixed : { evidence: fixed }];
  const [, layer, number] = /^(?:([a-z-]+)=)?(\d*\.?\d+)$/.exec(value) ?? [];
  const blastRadius = Number(number);
  if (number === undefined || blastRadius > 1 || (layer !== undefined && !isLayer(layer))) {
    throw new InvalidArgumentError(
      `expected a blast radius from 0 to 1, one of ${LAYERS.join(', ')} with it (package=0.8), a rule (${AUDIT_CODES.map(ruleName).join(', ')}), new, invalid, or never.`,
    );
  }
  return [...before, layer === undefined ? { blastRadius } : { blastRadius, layer: layer as LayerName }];
}

type Kind = 'signature' | 'provenance';

export function collectKind(value: string, before: readonly Kind[] = []): Kind[] {
  if (value !== 'signature' && value !== 'provenance') {
    throw new InvalidArgumentError('expected signature or provenance.');
  }
  return before.includes(value) ? [...before] : [...before, value];
}

export function collectLayer(value: string, before: readonly LayerName[] = []): LayerName[] {
  if (!isLayer(value)) throw new InvalidArgumentError(`expected one of ${LAYERS.join(', ')}.`);
  return before.includes(value) ? [...before] : [...before, value];
}

function isLayer(name: string): name is LayerName {
  return (LAYERS as readonly string[]).includes(name);
}

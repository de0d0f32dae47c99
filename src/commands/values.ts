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

const DAY_SECONDS = 24 * 60 * 60;

/**
 * A time as a commit has it, in seconds since 1970: a day, or a time of day in UTC unless a zone is given.
 *
 * @param end whether a day means its last second
 */
export function parseTime(value: string, end: boolean): number {
  const [, day = '', time, seconds = ':00', zone = 'Z'] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(value) ?? [];
  const milliseconds = Date.parse(`${day}T${time ?? '00:00'}${seconds}${zone}`);
  const isDay = new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) ?? false;
  if (day === '' || !isDay || Number.isNaN(milliseconds)) {
    throw new InvalidArgumentError('expected a day or a time: 2025-09-08, 2025-09-08T13:16Z, 2025-09-08T15:16+02:00.');
  }
  return milliseconds / 1000 + (end && time === undefined ? DAY_SECONDS - 1 : 0);
}

/** Of changes, steps and the like; a thousand of them is more than anybody makes. */
export function parseCount(value: string): number {
  if (/^\d{1,4}$/.test(value) && Number(value) > 0 && Number(value) <= 1000) return Number(value);
  throw new InvalidArgumentError('expected a whole number from 1 to 1000.');
}

/** Ten years. */
const LONGEST_DAYS = 3650;

/** Days of more than nothing, in minutes. */
export function parseDays(value: string): number {
  const days = /^\d{1,4}(?:\.\d{1,6})?$/.test(value) ? Number(value) : 0;
  if (days > 0 && days <= LONGEST_DAYS) return days * 24 * 60;
  throw new InvalidArgumentError(`expected days, more than 0 and at most ${LONGEST_DAYS}: 7, or 0.5.`);
}

/** Hours, in minutes. */
export function parseHours(value: string): number {
  const hours = /^\d{1,5}(?:\.\d{1,6})?$/.test(value) ? Number(value) : Number.NaN;
  if (hours <= LONGEST_DAYS * 24) return hours * 60;
  throw new InvalidArgumentError(`expected hours, at most ${LONGEST_DAYS * 24}: 5, or 0.5.`);
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

/** Values out of JSON that must have a certain shape, or are refused: nothing is assumed, only own properties are looked at. */
import { isObject } from '../json.ts';

/** A value of a shape; throws ShapeFault for any other. */
export type Shape<T> = (value: unknown) => T;

/** A value is not of the shape expected; the message says what was, and where. */
export class ShapeFault extends Error {}

export function parsed<T>(text: string, shape: Shape<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ShapeFault('no JSON');
  }
  return shape(value);
}

export const text: Shape<string> = (value) => (typeof value === 'string' ? value : wrong('a text'));
export const flag: Shape<boolean> = (value) => (typeof value === 'boolean' ? value : wrong('true or false'));
export const finite: Shape<number> = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? value : wrong('a number');
export const count: Shape<number> = (value) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : wrong('a whole number from 0');

/** Absent where the key is. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value) => (value === undefined ? undefined : shape(value));
}

export function oneOf<T extends string>(values: readonly T[]): Shape<T> {
  return (value) => values.find((known) => known === value) ?? wrong(`one of ${values.join(', ')}`);
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return wrong('a list');
    return value.map((item: unknown, at) => within(`[${at}]`, () => shape(item)));
  };
}

/** An object with these keys; others are not looked at. A key whose value is undefined is left out. */
export function object<T extends object>(shapes: { readonly [K in keyof T]-?: Shape<T[K]> }): Shape<T> {
  const entries: [string, Shape<unknown>][] = Object.entries(shapes);
  return (value) => {
    if (!isObject(value)) return wrong('an object');
    const result = Object.fromEntries(
      entries.map(([key, shape]) => {
        const own = Object.hasOwn(value, key) ? value[key] : undefined;
        return [key, within(`.${key}`, () => shape(own))];
      }),
    );
    return result as T;
  };
}

/** The first of several shapes that fits. */
export function either<A, B>(first: Shape<A>, second: Shape<B>): Shape<A | B> {
  return (value) => {
    try {
      return first(value);
    } catch (error) {
      if (!(error instanceof ShapeFault)) throw error;
      return second(value);
    }
  };
}

/** A map, written as a list of pairs: names such as __proto__ are ordinary keys, and their order is kept. */
export function mapOf<T>(shape: Shape<T>): Shape<ReadonlyMap<string, T>> {
  const pairs = list((value): [string, T] => {
    if (!Array.isArray(value) || value.length !== 2) return wrong('a pair');
    return [text(value[0]), shape(value[1])];
  });
  return (value) => new Map(pairs(value));
}

function within<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ShapeFault)) throw error;
    throw new ShapeFault(
      `${place}${error.message.startsWith('.') || error.message.startsWith('[') ? '' : ': '}${error.message}`,
    );
  }
}

function wrong(expected: string): never {
  throw new ShapeFault(`expected ${expected}`);
}

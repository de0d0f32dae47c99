/** What a plain (unquoted) YAML scalar stands for, as js-yaml's default schema decides it. */
import { OUTSIDE } from './scan.ts';

export type YamlScalar = string | number | boolean | null;

const INTEGER = /^[0-9]+$/;
const DECIMAL = /^[0-9]+\.[0-9]+$/;
const NUMBER_LIKE =
  /^(?:[-+]?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF|nan|NaN|NAN)|[-+]?0(?:b[01]+|o[0-7]+|x[0-9a-fA-F]+))$/;
const TIMESTAMP_LIKE = /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:$|[Tt \t])/;

/**
 * The value of a plain scalar whose first character has PLAIN_START 2.
 *
 * @throws OUTSIDE for what js-yaml itself should decide: exponents, other bases, timestamps, merge keys
 */
export function resolvePlain(text: string): YamlScalar {
  const first = text.charCodeAt(0);
  if (first < 0x3a) return resolveNumber(text);
  switch (text) {
    case 'null':
    case 'Null':
    case 'NULL':
    case '~':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
    case '<<':
      throw OUTSIDE;
    default:
      return text;
  }
}

function resolveNumber(text: string): string | number {
  if (INTEGER.test(text)) return finite(Number.parseInt(text, 10));
  if (DECIMAL.test(text)) return finite(Number.parseFloat(text));
  if (text === '-' || NUMBER_LIKE.test(text) || TIMESTAMP_LIKE.test(text)) throw OUTSIDE;
  return text;
}

function finite(value: number): number {
  if (!Number.isFinite(value)) throw OUTSIDE;
  return value;
}

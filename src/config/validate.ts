/**
 * Checks a JSON document against a JSON Schema and says where it is wrong. The published schema is the only description
 * of the config; this interprets the keywords it uses, over a tree that knows the place of every value.
 */
import type { Node } from 'jsonc-parser';
import { didYouMean } from '../nearest.ts';

export interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly required?: readonly string[];
  readonly properties?: { readonly [name: string]: Schema };
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly format?: string;
}

export interface Violation {
  readonly offset: number;
  readonly message: string;
}

/** Every violation in the document, in its order. `path` names the value in messages: `systems.checkout.need`. */
export function validate(node: Node, schema: Schema, path = ''): Violation[] {
  const here = path === '' ? 'the config' : path;
  const wrong = (expected: string): Violation[] => [{ offset: node.offset, message: `${here}: expected ${expected}` }];

  if (schema.enum && !schema.enum.includes(String(node.value))) {
    return wrong(`one of ${schema.enum.join(', ')}.${didYouMean(String(node.value), schema.enum)}`);
  }
  if (schema.type && !hasType(node, schema.type)) return wrong(withArticle(schema.type));
  if (node.type === 'object') return validateObject(node, schema, path);
  if (node.type === 'array') return validateArray(node, schema, path, wrong);
  if (typeof node.value === 'number') {
    if (schema.minimum !== undefined && node.value < schema.minimum) return wrong(`at least ${schema.minimum}`);
    if (schema.maximum !== undefined && node.value > schema.maximum) return wrong(`at most ${schema.maximum}`);
    if (schema.exclusiveMinimum !== undefined && node.value <= schema.exclusiveMinimum) {
      return wrong(`more than ${schema.exclusiveMinimum}`);
    }
  }
  if (typeof node.value === 'string') {
    if (node.value.length < (schema.minLength ?? 0)) return wrong('a text that is not empty');
    if (schema.format === 'date' && !isDate(node.value)) return wrong('a date YYYY-MM-DD');
  }
  return [];
}

function validateObject(node: Node, schema: Schema, path: string): Violation[] {
  const violations: Violation[] = [];
  const seen = new Set<string>();
  const known = schema.properties ?? {};
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    const name = String(key.value);
    const at = path === '' ? name : `${path}.${name}`;
    if (seen.has(name)) violations.push({ offset: key.offset, message: `${at}: given twice` });
    seen.add(name);
    if (Object.hasOwn(known, name)) violations.push(...validate(value, known[name]!, at));
    else if (typeof schema.additionalProperties === 'object') {
      violations.push(...validate(value, schema.additionalProperties, at));
    } else if (schema.additionalProperties === false) {
      const names = Object.keys(known);
      const hint = didYouMean(name, names);
      violations.push({
        offset: key.offset,
        message: `${at}: unknown key.${hint === '' ? ` Known keys: ${names.join(', ')}.` : hint}`,
      });
    }
  }
  for (const name of schema.required ?? []) {
    if (!seen.has(name)) violations.push({ offset: node.offset, message: `${path}: expected a key "${name}"` });
  }
  return violations;
}

function validateArray(
  node: Node,
  schema: Schema,
  path: string,
  wrong: (expected: string) => Violation[],
): Violation[] {
  const items = node.children ?? [];
  if (items.length < (schema.minItems ?? 0)) return wrong(`at least ${schema.minItems} item`);
  return schema.items ? items.flatMap((item, index) => validate(item, schema.items!, `${path}[${index}]`)) : [];
}

function hasType(node: Node, type: string): boolean {
  return type === 'integer' ? node.type === 'number' && Number.isInteger(node.value) : node.type === type;
}

function withArticle(type: string): string {
  return /^[aeio]/.test(type) ? `an ${type}` : `a ${type}`;
}

function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

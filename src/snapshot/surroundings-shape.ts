/** What is known of a lockfile beside its graph, out of JSON. */
import { PLATFORM_TOOLS, type PlatformClaim } from '../graph/platform.ts';
import {
  type CatalogEntry,
  GATE_KEEPERS,
  type GateDelay,
  type NamePattern,
  type Override,
  type OverrideParent,
  type OverrideRules,
  type OverrideTarget,
  POLICY_MANAGERS,
  type Policies,
  type PolicyNote,
  type ReleaseGate,
  type ScriptAnswer,
  type ScriptRule,
  type ScriptVariant,
} from '../graph/policies.ts';
import { count, either, finite, flag, list, object, oneOf, optional, type Shape, text } from './shapes.ts';

export const platformsShape: Shape<readonly PlatformClaim[]> = list(
  object<PlatformClaim>({ project: count, tool: oneOf(PLATFORM_TOOLS), major: optional(finite), file: text }),
);

const target: Shape<OverrideTarget> = either(
  object<Extract<OverrideTarget, { kind: 'range' }>>({ kind: oneOf(['range']), range: text }),
  object<{ readonly kind: 'removed' | 'as-declared' | 'unknown' }>({
    kind: oneOf(['removed', 'as-declared', 'unknown']),
  }),
);

const override = object<Override>({
  name: text,
  range: optional(text),
  parents: list(object<OverrideParent>({ name: text, range: optional(text), next: oneOf(['child', 'descendant']) })),
  anchored: flag,
  to: target,
  file: text,
});

const delay: Shape<GateDelay> = either(
  either(
    object<Extract<GateDelay, { kind: 'age' }>>({ kind: oneOf(['age']), minutes: finite }),
    object<Extract<GateDelay, { kind: 'before' }>>({ kind: oneOf(['before']), time: text }),
  ),
  object<Extract<GateDelay, { kind: 'unknown' }>>({ kind: oneOf(['unknown']) }),
);

const pattern = object<NamePattern>({
  text,
  style: oneOf(['exact', 'star', 'glob', 'unknown']),
  negated: flag,
  folded: flag,
  sure: flag,
});

const gate = object<ReleaseGate>({
  kind: oneOf(['manager', 'bot']),
  by: oneOf(GATE_KEEPERS),
  delay,
  only: optional(list(pattern)),
  exempt: list(pattern),
  file: text,
  line: optional(count),
});

const answer: Shape<ScriptAnswer> = oneOf(['run', 'skip', 'unknown']);
const variant = object<ScriptVariant>({
  otherwise: answer,
  rules: list(object<ScriptRule>({ name: text, versions: optional(list(text)), answer })),
});

export const policiesShape: Shape<Policies> = object<Policies>({
  overrides: object<OverrideRules>({
    manager: optional(oneOf(POLICY_MANAGERS)),
    rules: list(override),
    complete: flag,
  }),
  gates: list(gate),
  scripts: object<Policies['scripts']>({ variants: list(variant) }),
  catalogs: list(object<CatalogEntry>({ catalog: text, name: text, range: text })),
  notes: list(object<PolicyNote>({ file: text, line: optional(count), message: text })),
});

/** Layer artifact: one cause per set of bytes (same-bytes.ts), the poison pill that already runs. */

import { createHash } from 'node:crypto';
import type { Component, Fleet } from '../graph/fleet.ts';
import { compareTexts } from '../order.ts';
import { type CauseTable, causeTable } from './layer.ts';
import { isOwn, packageName } from './package.ts';
import { sameBytes } from './same-bytes.ts';

export function artifactLayer(fleet: Fleet): CauseTable {
  const components = Array.from({ length: fleet.componentCount }, (_, c) => fleet.component(c));
  const groups = sameBytes(components);
  const bearers = groups.map((group) => bearerOf(group.components.map((c) => components[c]!)));
  const labels = bearers.map(labelOf);
  const short = lengthened(labels, (at) => `${labels[at]}#${shortened(groups[at]!.key)}`);
  const ids = lengthened(short, (at) => `${labels[at]}#${sha256(groups[at]!.key)}`);
  return causeTable(
    'artifact',
    fleet.componentCount,
    groups.map(({ components: members, identity }, at) => {
      const { name, resolved, version, ecosystem } = bearers[at]!;
      const cause = {
        id: `artifact:${ids[at]!}`,
        name: `${name || (resolved ?? '')}@${version ?? '?'}${ids[at]!.slice(labels[at]!.length)}`,
        ecosystem,
        firstParty: members.every((c) => isOwn(components[c]!)),
        identity,
      };
      return { cause, components: members };
    }),
  );
}

/** The component whose name the cause bears: third-party before one's own, then the first by name. */
function bearerOf(components: readonly Component[]): Component {
  if (components.length === 1) return components[0]!;
  const foreign = components.filter((component) => !isOwn(component));
  return [...(foreign.length > 0 ? foreign : components)].sort(
    (a, b) => compareTexts(labelOf(a), labelOf(b)) || compareTexts(a.name, b.name),
  )[0]!;
}

// '#' starts what tells equal names apart, so a name from outside must not hold one.
function labelOf(component: Component): string {
  const name = packageName(component);
  return (component.version === undefined ? name : `${name}@${component.version}`).replaceAll('#', '%23');
}

/** The texts, with a longer one in place of each that is not unique. */
function lengthened(texts: readonly string[], longer: (at: number) => string): string[] {
  const uses = new Map<string, number>();
  for (const text of texts) uses.set(text, (uses.get(text) ?? 0) + 1);
  return texts.map((text, at) => (uses.get(text) === 1 ? text : longer(at)));
}

// Origins may hold a URL with credentials; only a digest of them may show.
function shortened(key: string): string {
  return /^(?:sha\d+|md5)-\S+$/.test(key) ? key.slice(0, 23) : sha256(key).slice(0, 16);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Tells releases without evidence from registries without any. Pure. */
import type { ComponentEvidence } from './evidence.ts';
import type { Examined } from './release-evidence.ts';
import type { Verdict } from './state.ts';
import type { Package } from './subjects.ts';

/**
 * A release without a signature is `missing` only where its registry serves signatures at all: a mirror that strips them
 * has none to miss. Which it is shows when all of its answers are in.
 */
export function withoutService(examined: readonly Examined[], packages: readonly Package[]): Examined[] {
  const registryOf = new Map(packages.flatMap((pack) => pack.targets.map((target) => [target, pack.registry])));
  const signing = new Set<string>();
  const attesting = new Set<string>();
  for (const { target, serves } of examined) {
    const registry = registryOf.get(target)!;
    if (serves?.signatures) signing.add(registry);
    if (serves?.attestations) attesting.add(registry);
  }
  return examined.map((one) => {
    const registry = registryOf.get(one.target)!;
    const strips = !signing.has(registry) && !attesting.has(registry);
    return strips ? { ...one, evidence: stripped(one.evidence) } : one;
  });
}

function stripped(evidence: ComponentEvidence): ComponentEvidence {
  const { signature, publish, provenance } = evidence.verdicts;
  return {
    ...evidence,
    verdicts: { signature: told(signature), publish: told(publish), provenance: told(provenance) },
  };
}

function told(verdict: Verdict): Verdict {
  return verdict.reason === 'not-signed' || verdict.reason === 'not-attested' ? { reason: 'none-served' } : verdict;
}

/** Evidence for every component of a fleet: asks, verifies, and says what could not be had. */
import type { Diagnostic } from '../diagnostics.ts';
import type { Fleet } from '../graph/fleet.ts';
import type { Answers } from '../registry/answers.ts';
import { type ComponentEvidence, type Evidence, everyKind, type TrustedKeys } from './evidence.ts';
import { examine } from './examine.ts';
import { Failures } from './failures.ts';
import type { Judges } from './judging.ts';
import type { Examined } from './release-evidence.ts';
import { withoutService } from './served.ts';
import type { Settled } from './settled.ts';
import { EVIDENCE_KINDS } from './state.ts';
import { subjectsOf } from './subjects.ts';
import type { Keys, TrustedText, TrustLoader } from './trust.ts';

export interface GatherPorts {
  readonly registryFor: (name: string) => string;
  readonly answers: Answers;
  readonly judges: Judges;
  readonly settled: Settled;
  readonly trust: TrustLoader;
  /** Requests sent so far. */
  readonly requests: () => number;
  readonly clock: Date;
  /** Called after each package. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Packages being examined at once: enough that the network and the judging threads always have something to do. With all of
 * them, no attestation would be asked for before the last packument is in, and nothing judged meanwhile.
 */
const AT_ONCE = 64;

/** Gathers the evidence; one package's failure is a diagnostic, never the end of the run. */
export async function gatherEvidence(fleet: Fleet, ports: GatherPorts): Promise<Evidence> {
  const { answers, judges, settled, trust } = ports;
  const { packages, unbound } = subjectsOf(fleet, ports.registryFor);
  const failures = new Failures();
  const roots = once((_: string) => trust.root());
  const keys = once((registry: string) => trust.keys(registry));
  const root = (): Promise<TrustedText> => roots('');

  let done = 0;
  const examined: Examined[] = [];
  const waiting = packages.values();
  const lane = async () => {
    for (const pack of waiting) {
      const found = await examine(pack, {
        answers,
        judges,
        settled,
        root,
        keys,
        onFailure: (registry, about, failure) => failures.add(registry, about, failure),
      });
      examined.push(...found);
      ports.onProgress?.(++done, packages.length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));

  const trustedRoot = packages.length === 0 ? undefined : await root();
  const registries = [...new Set(packages.map(({ registry }) => registry))].sort();
  const trusted = await Promise.all(registries.map(async (url) => ({ url, keys: await keys(url) })));
  for (const { url, keys: found } of trusted) if (!found.found && found.why === 'failed') failures.keys(url);
  const components = columns(fleet, unbound, withoutService(examined, packages));
  return {
    mode: answers.offline ? 'offline' : 'online',
    components,
    trust: {
      clock: ports.clock.toISOString(),
      root: trustedRoot && { origin: trustedRoot.origin, version: trustedRoot.version, sha256: trustedRoot.sha256 },
      registries: trusted.map(({ url, keys: found }) => ({ url, keys: shown(found) })),
    },
    requests: ports.requests(),
    diagnostics: [...failures.diagnostics(), ...trustDiagnostics(trust, components, trusted.length > 0)],
  };
}

function columns(
  fleet: Fleet,
  unbound: ReturnType<typeof subjectsOf>['unbound'],
  examined: readonly Examined[],
): ComponentEvidence[] {
  const reasons = new Map([...new Set(unbound)].flatMap((reason) => (reason ? [[reason, everyKind(reason)]] : [])));
  const result = Array.from({ length: fleet.componentCount }, (_, c) => reasons.get(unbound[c]!)!);
  for (const { target, evidence } of examined) for (const c of target.components) result[c] = evidence;
  return result;
}

function shown(keys: Keys): TrustedKeys {
  const { found } = keys;
  if (!found) return keys.why;
  const ids = [...new Set(found.keys.map(({ keyId }) => keyId))];
  return { origin: found.origin, version: found.version, sha256: found.sha256, ids };
}

function trustDiagnostics(trust: TrustLoader, components: readonly ComponentEvidence[], used: boolean): Diagnostic[] {
  if (trust.tufFailure === undefined || !used) return [];
  const stale = components.filter(({ verdicts }) =>
    EVIDENCE_KINDS.some((kind) => verdicts[kind].reason === 'stale-keys'),
  ).length;
  return [
    {
      code: 'TRUST_NOT_REFRESHED',
      severity: stale > 0 ? 'incomplete' : 'notice',
      file: 'TUF',
      message: `the repository of trusted keys could not be used (${trust.tufFailure}): older ones were used${
        stale > 0 ? `, which do not know the keys of ${stale} component${stale === 1 ? '' : 's'}` : ''
      }`,
      next: 'allow the run to reach it, or pin them with --trusted-root and --keys',
    },
  ];
}

/** The same work only once for the same text. */
function once<T>(work: (text: string) => Promise<T>): (text: string) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (text) => {
    const before = running.get(text);
    if (before) return before;
    const result = work(text);
    running.set(text, result);
    return result;
  };
}

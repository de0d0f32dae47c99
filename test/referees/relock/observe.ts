/**
 * What a package manager really does, and what the program says beforehand: lock, audit, publish the next patches, lock
 * anew, read both lockfiles.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Audit } from '../../../src/analysis/audit.ts';
import { run } from '../../../src/run.ts';
import type { VerifyOptions } from '../../../src/verify.ts';
import { createSigstore } from '../../sigstore/instance.ts';
import { lock, type ManagerName } from './managers.ts';
import { type Project, publishAll, publishNext, type Universe, writeProject } from './project.ts';
import { openRegistry } from './registry.ts';

/** A package's release line that gets the next patch. */
export interface Line {
  readonly name: string;
  /** `4`, `0.3`: of the caret range. */
  readonly line: string;
  /** Whether it is published a moment ago, instead of long before. */
  readonly isNew?: boolean;
}

/** Versions by service, which is named by the path of its project: '' for a root. */
export type Held = Readonly<Record<string, readonly string[]>>;

export interface Observation {
  /** The version published. */
  readonly next: string;
  /** Versions of the package before and after. */
  readonly before: Held;
  readonly after: Held;
  /** Services that hold the next patch after the re-lock. */
  readonly taken: readonly string[];
  /** Services that the audit of the first lockfile had named: with the registry's answers, and without. */
  readonly predicted: readonly string[];
  readonly predictedOffline: readonly string[];
}

/** @throws Refused where the manager finds no solution, before or after */
export async function observe(
  manager: ManagerName,
  universe: Universe,
  project: Project,
  lines: readonly Line[],
): Promise<Observation[]> {
  const registry = await openRegistry();
  const directory = mkdtempSync(join(tmpdir(), 'relock-'));
  const home = mkdtempSync(join(tmpdir(), 'relock-home-'));
  try {
    publishAll(registry, universe);
    writeProject(directory, manager, project);
    await lock(manager, directory, registry.url);
    const first = await audited(directory, asking(registry.url, home));
    const offline = await audited(directory, false);
    const published = lines.map(({ name, line, isNew = false }) =>
      publishNext(registry, universe, name, line, isNew ? new Date() : undefined),
    );
    await lock(manager, directory, registry.url);
    const second = await audited(directory, false);
    return lines.map(({ name, line }, at) => {
      const next = published[at]!;
      const after = versionsHeld(second, name);
      const taken = Object.keys(after).filter((service) => after[service]!.includes(next));
      return {
        next,
        before: versionsHeld(first, name),
        after,
        taken: taken.sort(),
        predicted: reachOf(first, name, line, next),
        predictedOffline: reachOf(offline, name, line),
      };
    });
  } finally {
    await registry.close();
    rmSync(directory, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

/** The audit of a user who has configured the registry and asks nobody else. */
function asking(registry: string, home: string): VerifyOptions {
  const trustedRoot = join(home, 'trusted_root.json');
  writeFileSync(trustedRoot, createSigstore().trustedRoot);
  return { trustedRoot, env: { HOME: home, XDG_CACHE_HOME: join(home, 'cache'), npm_config_registry: registry } };
}

async function audited(directory: string, verify: VerifyOptions | false): Promise<Audit> {
  const { audit } = await run({ sources: [directory], config: false, layers: ['release'], verify });
  const missing = audit.diagnostics.filter(({ severity }) => severity === 'incomplete');
  if (missing.length > 0) throw new Error(JSON.stringify(missing));
  return audit;
}

/** @param next what the cause must stand for, where that is known */
function reachOf(audit: Audit, name: string, line: string, next?: string): string[] {
  const { table, reach } = audit.layers[0]!;
  const cause = table.causes.findIndex(({ id }) => id === `release:npm/${name}@^${line}`);
  if (cause === -1) return [];
  const version = table.ofEdges?.next[cause];
  if (next !== undefined && version !== next) throw new Error(`${name}: ${version} is not ${next}`);
  return [...reach.service.slice(reach.start[cause], reach.start[cause + 1])].map((s) => projectOf(audit, s)).sort();
}

function versionsHeld(audit: Audit, name: string): Record<string, string[]> {
  const { table, reach } = audit.artifacts;
  const held: Record<string, string[]> = {};
  table.causes.forEach(({ id }, cause) => {
    const prefix = `artifact:npm/${name}@`;
    if (!id.startsWith(prefix)) return;
    for (let at = reach.start[cause]!; at < reach.start[cause + 1]!; at++) {
      const service = projectOf(audit, reach.service[at]!);
      held[service] = [...(held[service] ?? []), id.slice(prefix.length)].sort();
    }
  });
  return held;
}

function projectOf({ fleet, services }: Audit, service: number): string {
  const { lockfile, project } = services[service]!;
  return fleet.lockfiles[lockfile]!.projects[project]!.path;
}

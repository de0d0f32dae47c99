/** Why one service holds a package, in sentences. */
import type { Audit } from '../../analysis/audit.ts';
import type { Bringer } from '../../analysis/why/bringers.ts';
import type { CutPackage, ServiceWhy } from '../../analysis/why/service.ts';
import { isOwn } from '../../causes/package.ts';
import type { PathStep } from '../../graph/paths.ts';
import { count } from '../numbers.ts';
import { forTerminal } from '../safe.ts';

/** Ways told of one service. */
const MOST_WAYS = 5;
/** Steps of a way; what is between its ends is left out of longer ones. */
const MOST_STEPS = 12;
const MOST_NAMES = 8;

export function serviceTexts(audit: Audit, found: ServiceWhy): string[] {
  const { held, bringers } = found;
  const versions = held.map(
    ({ package: name, version, scope, direct }) =>
      `${packageLabel(name)}@${forTerminal(version ?? '?')} (${scope === 'runtime' ? 'run time' : 'build only'}${direct ? ', direct' : ''})`,
  );
  return [
    `Holds ${listed(versions)}.`,
    ...bringers.slice(0, MOST_WAYS).map((bringer) => wayText(audit, found, bringer)),
    ...(bringers.length > MOST_WAYS
      ? [
          `${count(bringers.length - MOST_WAYS, 'more dependency leads', 'more dependencies lead')} there (--format json has them).`,
        ]
      : []),
    remedy(found),
    ...passed(audit, found),
  ];
}

/** `express@5.1.0 (^5.1.0) > debug@4.4.3 (^4.4.0) > ms@2.1.3 (^2.1.3)`: each with the range it is asked for by. */
function wayText(audit: Audit, { service }: ServiceWhy, { path, length, scope }: Bringer): string {
  const steps = path.slice(1).map((step) => stepText(audit, step));
  const isCut = path.length <= length;
  const isLong = isCut || length > MOST_STEPS;
  const shown = isLong ? [...steps.slice(0, MOST_STEPS - 2), '…', ...(isCut ? [] : steps.slice(-1))] : steps;
  const { lockfile, project } = audit.services[service]!;
  const isService = path[0]!.node === audit.fleet.lockfiles[lockfile]!.projects[project]!.node;
  const marks = [
    ...(isService ? [] : ['tooling of its workspace']),
    ...(scope === 'build' ? ['build only'] : []),
    ...(isLong ? [count(length, 'step')] : []),
  ];
  return `${shown.join(' > ')}${marks.length > 0 ? ` [${marks.join(', ')}]` : ''}`;
}

function stepText(audit: Audit, { component, asked }: PathStep): string {
  const { kind, range } = asked ?? { kind: 'prod', range: undefined };
  const as = [...(kind === 'prod' ? [] : [kind]), ...(range === undefined ? [] : [range])].join(' ');
  return `${label(audit, component)}${as === '' ? '' : ` (${forTerminal(as)})`}`;
}

function label(audit: Audit, component: number): string {
  const found = audit.fleet.component(component);
  const name = found.name || (found.resolved ?? '');
  return forTerminal(found.version === undefined || isOwn(found) ? name : `${name}@${found.version}`);
}

function remedy({ bringers, single, cut, held }: ServiceWhy): string {
  if (single !== undefined) {
    const name = packageLabel(single.package);
    const rest = [...new Set(bringers.map((bringer) => bringer.package))].filter((other) => other !== single.package);
    if (rest.length > 0)
      return `Every way leads through ${name}; ${listed(rest.map(packageLabel))} ${rest.length === 1 ? 'needs' : 'need'} that too.`;
    return held.some((version) => version.package === single.package)
      ? 'Only its own manifests name it: nothing else needs it.'
      : `${name} alone brings it in: without ${name} it is gone.`;
  }
  if (cut === undefined) return 'Nothing that can be taken out removes it.';
  const proof = cut.least === cut.packages.length ? 'nothing less does it' : `at least ${count(cut.least)} must go`;
  const only = cut.packages.length === 1 ? 'one package' : count(cut.packages.length, 'package');
  return `No one dependency is on all ways. To be rid of it, take out ${only} (${proof}): ${listed(cut.packages.map(cutText))}.`;
}

function cutText({ package: name, direct }: CutPackage): string {
  return `${packageLabel(name)}${direct ? '' : ' (not direct)'}`;
}

/** What all ways pass, where that is not told by the one way there is. */
function passed(audit: Audit, { dominators, bringers }: ServiceWhy): string[] {
  const [way] = bringers;
  const isTheWay = way?.length === dominators.length - 1 && bringers.length === 1;
  const targets = new Set(bringers.flatMap(({ path, length }) => (path.length > length ? [path.at(-1)!.node] : [])));
  const between = dominators.slice(1).filter(({ node }) => !targets.has(node));
  if (isTheWay || between.length === 0) return [];
  return [
    `All ways pass ${listed(
      between.map(({ component }) => label(audit, component)),
      ' > ',
    )}.`,
  ];
}

/** A package without npm's own prefix. */
export function packageLabel(name: string): string {
  return forTerminal(name.replace(/^npm\//, ''));
}

function listed(names: readonly string[], between = ', '): string {
  const shown = names.slice(0, MOST_NAMES).join(between);
  return names.length > MOST_NAMES ? `${shown} and ${count(names.length - MOST_NAMES)} more` : shown;
}

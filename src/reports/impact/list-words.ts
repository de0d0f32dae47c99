/** How much an incident list said, and was looked for in: denominators, what could not be read, what is at odds. */

import { count } from '../numbers.ts';
import { placeOf } from '../place.ts';
import { forTerminal } from '../safe.ts';
import { heldVersions, type ImpactContent } from './content.ts';

/** Problems told one by one. */
const MOST = 20;

export function listTexts(content: ImpactContent): string[] {
  return [
    ...lookedAt(content),
    ...counts(content),
    ...absentTexts(content),
    ...unreachedTexts(content),
    ...problems(content),
  ];
}

/** What of the lockfiles and of the lists could not be read: said before anything else where a report has room for it. */
export function blindTexts(content: ImpactContent): string[] {
  const { impact, list } = content;
  const { unread } = impact;
  return [
    ...(unread.length === 0
      ? []
      : [`${count(unread.length, 'lockfile')} could not be read and may hold any of it: ${some(unread)}.`]),
    ...(list.unreadable === 0
      ? []
      : [`${count(list.unreadable, 'line or record', 'lines or records')} of the list could not be read.`]),
    ...emptyTexts(content),
  ];
}

function lookedAt({ impact }: ImpactContent): string[] {
  const { lockfiles, unread } = impact;
  if (lockfiles + unread.length === 0) return ['No lockfile or SBOM was found: nothing was looked at.'];
  const broken =
    unread.length === 0 ? '' : ` ${count(unread.length)} could not be read and may hold any of it: ${some(unread)}.`;
  return [
    `${count(lockfiles, 'lockfile')} of ${count(lockfiles + unread.length)} ${lockfiles === 1 ? 'was' : 'were'} looked at.${broken}`,
  ];
}

function counts(content: ImpactContent): string[] {
  const { list } = content;
  const { packages, statements, duplicates, withdrawn, others } = list;
  const left = [...others].map(([name, number]) => `${name} ${count(number)}`);
  return [
    `Looked for: ${count(packages.length, 'package')} by ${count(statements, 'statement')}${duplicates > 0 ? `, ${count(duplicates)} of them made before` : ''}.`,
    ...(left.length > 0 ? [`Left out, as they are of other ecosystems: ${some(left)}.`] : []),
    ...(withdrawn > 0 ? [`Left out, as they were withdrawn: ${count(withdrawn, 'record')}.`] : []),
    ...emptyTexts(content),
  ];
}

function emptyTexts({ list }: ImpactContent): string[] {
  const empty = list.lists.filter(({ form }) => form === 'empty').map(({ file }) => file);
  return empty.length > 0 ? [`Nothing is on the list: ${some(empty)}.`] : [];
}

function absentTexts({ impact, near }: ImpactContent): string[] {
  const said = [...near].map(([name, other]) =>
    forTerminal(`No lockfile names ${name}.${other === undefined ? '' : ` Did you mean ${other}?`}`),
  );
  const rest = impact.absent - near.size;
  return [
    ...said,
    ...(rest > 0 ? [`${count(rest, 'package')} of the list ${rest === 1 ? 'is' : 'are'} named by no lockfile.`] : []),
  ];
}

function unreachedTexts({ impact, audit }: ImpactContent): string[] {
  const scope = audit.scope === 'all' ? '' : ` in scope ${audit.scope}`;
  const texts = impact.unreached.slice(0, MOST).map(({ entry, lockfile, components }) => {
    const versions = heldVersions(audit, components).join(', ');
    return forTerminal(
      `${audit.fleet.lockfiles[lockfile]!.path} holds ${impact.entries[entry]!.bad.name} ${versions}, which no service reaches${scope}.`,
    );
  });
  return cut(texts, impact.unreached.length);
}

function problems({ list }: ImpactContent): string[] {
  const unreadable = list.problems
    .slice(0, MOST)
    .map(({ file, line, record, reason }) =>
      forTerminal(
        `Not read: ${placeOf({ file, ...(line === undefined ? {} : { line }) })}${record === undefined ? '' : `record ${record}: `}${reason}.`,
      ),
    );
  const odd = list.contradicting.slice(0, MOST).map((words) => forTerminal(`Contradictory: ${words}.`));
  return [...cut(unreadable, list.unreadable), ...cut(odd, list.contradictions)];
}

function cut(texts: readonly string[], all: number): string[] {
  return all > texts.length ? [...texts, `and ${count(all - texts.length)} more of the kind.`] : [...texts];
}

function some(names: readonly string[]): string {
  const rest = names.length - 8;
  return forTerminal(`${names.slice(0, 8).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`);
}

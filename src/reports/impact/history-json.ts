/** The history in the JSON report of the impact command (schema/impact.schema.json). */
import type { ServiceExposure } from '../../analysis/history/exposures.ts';
import { isoTime } from '../../analysis/history/times.ts';
import type { Moment } from '../../sources/git/history.ts';
import { jsonList } from '../json-pieces.ts';
import type { ImpactContent } from './content.ts';
import { exposureScope } from './history-words.ts';

/** Nothing where history was not asked for. */
export function* historyJson(content: ImpactContent): Iterable<string> {
  const { history } = content;
  if (history === undefined) return;
  const { window, outside, counts, exposures, repositories } = history;
  yield '  "history": {\n';
  yield `    "window": ${JSON.stringify({ since: timeOf(window.since), until: timeOf(window.until) })},\n`;
  yield `    "outside": ${outside},\n`;
  yield `    "lockfiles": ${JSON.stringify({ distinct: counts.contents, naming: counts.suspects })},\n`;
  const walked = repositories.map(({ name, lines }) => ({
    repository: name,
    branches: lines.map(({ branch, commits, changing, tip, begins }) => ({
      branch: branch ?? null,
      commits,
      changing,
      tip: momentJson(tip),
      begins: { ...momentJson(begins), how: begins.how },
    })),
  }));
  yield* jsonList('    ', 'repositories', walked, ',');
  yield* jsonList(
    '    ',
    'exposures',
    exposures.map((exposure) => exposureJson(content, exposure)),
    '',
  );
  yield '  },\n';
}

function exposureJson({ impact }: ImpactContent, exposure: ServiceExposure): object {
  const { service, today, repository, branches, isOnHead, formerly, lockfiles, versions, from, until } = exposure;
  return {
    service,
    today: today !== undefined,
    repository,
    branches: branches.map((branch) => branch ?? null),
    onHead: isOnHead,
    formerly,
    lockfiles,
    package: impact.entries[exposure.entry]!.bad.name,
    versions,
    scope: exposureScope(exposure),
    direct: exposure.direct,
    installScript: exposure.reached ? exposure.scripts : null,
    from: { ...momentJson(from), exact: from.exact },
    until: until === undefined ? null : { ...momentJson(until), gone: until.gone },
    path: exposure.path.map(({ ecosystem, name, version, asked }) => ({
      package: `${ecosystem}/${name}`,
      version: version ?? null,
      ...(asked && { kind: asked.kind, name: asked.name, range: asked.range ?? null }),
    })),
  };
}

function momentJson({ commit, time }: Moment): { readonly commit: string; readonly time: string | null } {
  return { commit, time: timeOf(time) };
}

function timeOf(seconds: number | undefined): string | null {
  return seconds === undefined ? null : (isoTime(seconds) ?? null);
}

/** The options that commands share, as commander declares and gives them. */
import { type Command, Option } from 'commander';
import { LAYERS } from '../causes/layer.ts';
import type { CommonOptions } from '../commands/options.ts';
import { collect, collectLayer, parseTop } from '../commands/values.ts';
import { SCOPES } from '../graph/closure.ts';
import type { Format } from '../reports/formats.ts';

export const SOURCES =
  'directories, lockfiles, SBOM files, git+URL[#ref], github:OWNER[/REPO[@REF]], gitlab:GROUP[/PROJECT[@REF]] (default: this directory)';

/** The options of every command that reads sources and verifies. */
export function common(command: Command, formats: readonly Format[]): void {
  reading(command, formats)
    .option('--evidence <dir>', 'keep the answers of registries in this directory, and take them from it')
    .option('--trusted-root <file>', 'Sigstore trusted_root.json to trust (default: from TUF)')
    .option('--keys <file>', "keys.json of the registry to trust (default: from TUF, or the registry's own)")
    .option('--tuf-mirror <url>', 'another TUF repository than the public one')
    .option('--tuf-root <file>', 'root.json to start TUF from; needed with --tuf-mirror');
}

/** The options of every command that reads sources. */
export function reading(command: Command, formats: readonly Format[]): Command {
  return command
    .option('--from <file>', 'sources, one a line: paths or repositories; - for stdin (repeatable)', collect)
    .option('--include <kinds>', 'of github:OWNER and gitlab:GROUP also these: archived,forks')
    .option('--repo <glob>', 'only repositories of such a name (repeatable)', collect)
    .option('--topic <topic>', 'only repositories with this topic (repeatable: with one of them)', collect)
    .option('--language <name>', 'only repositories in this language (repeatable: in one of them)', collect)
    .option('--pushed-since <date>', 'only repositories pushed to since this day: 2026-01-31')
    .addOption(new Option('--format <format>', 'report on stdout').choices([...formats]).default('terminal'))
    .option('--out <file>', 'also write a report to a file, format by extension (repeatable)', collect)
    .option('--top <n>', 'rows of each table, or all', parseTop, 20)
    .addOption(
      new Option('--scope <scope>', 'what counts: run time, build, or both').choices([...SCOPES]).default('all'),
    )
    .option('--resume', 'go on from a run over the same sources that broke off: ask for what it did not read alone')
    .option('--offline', 'ask nobody: use what earlier runs kept, of repositories too')
    .option('--cache-dir <dir>', 'keep what is to be kept between runs here (default: the cache directory of the user)')
    .option('--no-cache', 'read every lockfile again, and keep none')
    .option('--allow-incomplete', 'exit 0 even if something could not be read or asked')
    .option('--fail-on-empty', 'exit 3 if there is no lockfile')
    .option('--config <file>', 'config file (default: spof-deps.json[c] of the scanned directory)')
    .option('--no-config', 'use no config')
    .option('--color', 'colours even where stdout is no terminal')
    .option('--no-color', 'no colours')
    .option('-q, --quiet', 'no progress line');
}

/** Where a command looks that takes something else than sources as its arguments. */
export function lookingIn(command: Command): Command {
  return command.option(
    '--in <source>',
    'where to look: directory, lockfile, SBOM, snapshot or git+URL (repeatable; default: this directory)',
    collect,
  );
}

/** From where a report of an audit has its past. */
export function withHistory(command: Command): Command {
  return command.option(
    '--trend <folder>',
    'also show how it got here, from the snapshots kept in this folder, this run among them where --out keeps it there (terminal, Markdown, HTML)',
  );
}

/** Which layers a command is about. */
export function ofLayers(command: Command): Command {
  return command.option(
    '--layer <name>',
    `only this layer: ${LAYERS.join(', ')} (repeatable; default: all)`,
    collectLayer,
  );
}

/** As commander gives them: `config` is true where neither of its two forms was given. */
export type Given<T, Defaulted extends keyof T> = Partial<Omit<T, 'config' | Defaulted>> &
  Pick<T, Defaulted> & { readonly config: string | boolean };

type GivenCommon = Given<CommonOptions<Format>, 'format' | 'top' | 'scope'>;

/** What commander leaves out where it is not given. */
export function shared(given: GivenCommon) {
  return {
    out: given.out ?? [],
    offline: given.offline ?? false,
    resume: given.resume ?? false,
    allowIncomplete: given.allowIncomplete ?? false,
    failOnEmpty: given.failOnEmpty ?? false,
    quiet: given.quiet ?? false,
    cache: given.cache ?? true,
    from: given.from ?? [],
    color: given.color,
    config: given.config === true ? undefined : given.config,
  };
}

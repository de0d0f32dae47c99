/** The command line: options, exit codes, error text. Loads nothing heavy until a command runs. */
import { Command, CommanderError, Option } from 'commander';
import { LAYERS } from './causes/layer.ts';
import type { AuditOptions } from './commands/audit.ts';
import type { CompareOptions } from './commands/compare.ts';
import type { DiffOptions } from './commands/diff.ts';
import type { ImpactOptions } from './commands/impact.ts';
import type { Streams } from './commands/output.ts';
import { collect, collectGate, collectKind, collectLayer, parseShard, parseTop } from './commands/values.ts';
import type { VerifyCommandOptions } from './commands/verify.ts';
import type { WhyOptions } from './commands/why.ts';
import { UsageError } from './errors.ts';
import { SCOPES } from './graph/closure.ts';
import {
  AUDIT_FORMATS,
  DIFF_FORMATS,
  type Format,
  IMPACT_FORMATS,
  TEXT_FORMATS,
  WHY_FORMATS,
} from './reports/formats.ts';
import { placeOf } from './reports/place.ts';
import { forTerminal } from './reports/safe.ts';
import { VERSION } from './version.ts';

const SOURCES =
  'directories, lockfiles, SBOM files, git+URL[#ref], github:OWNER[/REPO[@REF]], gitlab:GROUP[/PROJECT[@REF]] (default: this directory)';

const EXAMPLES = `
Examples:
  spof-deps                                  this repository
  spof-deps services/ --scope runtime        a directory of services, what runs only
  spof-deps web api/bom.cdx.json             a directory and an SBOM as one fleet
  spof-deps git+https://HOST/OWNER/REPO#main a repository at a branch, tag or commit; nothing of it is run
  spof-deps github:OWNER --topic payments    repositories of an owner or gitlab:GROUP; tokens: GH_TOKEN, GITLAB_TOKEN
  spof-deps --from fleet.txt                 sources from a list, one a line: paths, git+https, git+ssh
  spof-deps . --format json --top all        everything, for a program
  spof-deps . --fail-on package=0.8          exit 1 if one package can take 80% of the systems
  spof-deps verify --require signature       exit 1 if anything locked is not signed by its registry
  spof-deps compare pay-a pay-b --in .       what two services share, and what would separate them
  spof-deps . --out fleet.spof               keep the run as tables; a snapshot is a source too
  spof-deps merge a.spof b.spof --out all/   join the snapshots of --shard 1/2 and 2/2
  spof-deps impact chalk@5.6.1 --in services/ what is lost if this version is bad; exit 1 where it is locked
  spof-deps why debug@^4 --in services/      what brings a package in, and what would remove it

Exit codes:
  0  nothing over the gate        2  usage or configuration
  1  a gate failed: invalid       3  incomplete: something could not be read or asked
     evidence, or --fail-on       70 a bug of spof-deps
`;

/** Parses arguments, runs the command and returns the exit code. Never throws. */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  let code = 0;
  const output = {
    writeOut: (text: string) => void streams.stdout.write(text),
    writeErr: (text: string) => void streams.stderr.write(text),
  };
  const program = new Command('spof-deps')
    .enablePositionalOptions()
    .description('What is our redundancy redundant against? Ranks what a fleet of services shares, from lockfiles.')
    .version(VERSION, '-V, --version')
    .argument('[source...]', SOURCES)
    .option('--layer <name>', `only this layer: ${LAYERS.join(', ')} (repeatable; default: all)`, collectLayer)
    .option(
      '--fail-on <gate>',
      'exit 1 from this blast radius on: 0.8 or package=0.8; for a rule: redundancy-defeated; for what is new since --baseline: new (repeatable). Invalid evidence always does; never: nothing does',
      collectGate,
    )
    .option('--baseline <file>', 'say what is worse than in this earlier JSON report (made with --top all)')
    .option('--fleet <file>', 'JSON report of the whole fleet: say what the causes found here mean for it')
    .option('--sarif-dir <dir>', 'also write one SARIF file per repository into a directory')
    .option('--witness <cause>', 'how this cause gets into each service: its id (package:npm/ms), or a package')
    .option('--shard <i/n>', 'only part i of n of what is found, for merge', parseShard)
    .option('--no-verify', 'ask no registry: rank only')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(spof-deps --help lists the options)')
    .configureOutput(output)
    .exitOverride()
    .action(async (sources: string[], given: GivenAudit) => {
      const { auditCommand } = await import('./commands/audit.ts');
      code = await auditCommand(sources, auditOptions(given), streams);
    });
  common(program, AUDIT_FORMATS);
  const verify = program
    .command('verify')
    .description('Evidence alone: is what the lockfiles pin signed by its registry, attested, and by whom?')
    .argument('[source...]', SOURCES)
    .option('--require <kind>', 'exit 1 unless all is verified: signature or provenance (repeatable)', collectKind)
    .option('--json', 'the same as --format json')
    .action(async (sources: string[], given: GivenVerify) => {
      refuseMisplaced(program);
      const { verifyCommand } = await import('./commands/verify.ts');
      code = await verifyCommand(sources, verifyCommandOptions(given), streams);
    });
  common(verify, TEXT_FORMATS);
  const compare = program
    .command('compare')
    .description('Are these services independent? What they share, and the smallest change that separates them.')
    .argument('<service...>', 'names of two or more services, as the audit has them')
    .option(
      '--in <source>',
      'where they are: directory, lockfile, SBOM or git+URL (repeatable; default: this directory)',
      collect,
    )
    .option('--layer <name>', 'only this layer (repeatable; default: all)', collectLayer)
    .option('--no-verify', 'ask no registry')
    .action(async (services: string[], given: GivenCompare) => {
      refuseMisplaced(program);
      const { compareCommand } = await import('./commands/compare.ts');
      code = await compareCommand(services, compareOptions(given), streams);
    });
  common(compare, TEXT_FORMATS);
  const why = program
    .command('why')
    .description('Why is this package here? What brings it in, by which ways, and what would remove it.')
    .argument('<package[@range]>', 'its name, and versions of it: debug, @types/node@^20, ms@2.1.3')
    .option(
      '--in <source>',
      'where to look: directory, lockfile, SBOM or git+URL (repeatable; default: this directory)',
      collect,
    )
    .action(async (wanted: string, given: GivenWhy) => {
      refuseMisplaced(program);
      const { whyCommand } = await import('./commands/why.ts');
      code = await whyCommand(wanted, whyOptions(given), streams);
    });
  reading(why, WHY_FORMATS);
  const impact = program
    .command('impact')
    .description('What is lost if these packages are bad? Who holds them, who would take them, and whom to tell.')
    .argument('[package[@range]...]', 'names, and bad versions of them: chalk@5.6.1, axios, ms@>=2.1.0 <2.1.3')
    .option(
      '--list <file>',
      'an incident list: lines, CSV, JSON, OSV records, lockfile entries; - for stdin (repeatable)',
      collect,
    )
    .option(
      '--in <source>',
      'where to look: directory, lockfile, SBOM or git+URL (repeatable; default: this directory)',
      collect,
    )
    .option('--verify', 'ask registries too: for ranges that lockfiles leave out, and what tags stand for')
    .action(async (packages: string[], given: GivenImpact) => {
      refuseMisplaced(program);
      const { impactCommand } = await import('./commands/impact.ts');
      code = await impactCommand(packages, impactOptions(given), streams);
    });
  common(impact, IMPACT_FORMATS);
  program
    .command('diff')
    .description('What changed between two reports of a fleet (made with --format json --top all)?')
    .argument('<before>', 'JSON report of the earlier run')
    .argument('<after>', 'JSON report of the later run')
    .addOption(new Option('--format <format>', 'report on stdout').choices([...DIFF_FORMATS]).default('terminal'))
    .option('--out <file>', 'also write a report to a file, format by extension (repeatable)', collect)
    .option('--top <n>', 'rows of each table, or all', parseTop, 20)
    .addOption(new Option('--fail-on <what>', 'exit 1 if it is worse').choices(['worse']))
    .option(
      '--allow-incomplete',
      'exit 0 even if one of the two is of an incomplete run, or lists the first causes alone',
    )
    .option('--color', 'colours even where stdout is no terminal')
    .option('--no-color', 'no colours')
    .action(async (before: string, after: string, given: GivenDiff) => {
      refuseMisplaced(program);
      const { diffCommand } = await import('./commands/diff.ts');
      code = diffCommand(before, after, diffOptions(given), streams);
    });
  const merge = program
    .command('merge')
    .description('Joins the snapshots of shards, or of several fleets, into one; asks nobody.')
    .argument('<snapshot...>', 'files *.spof, or directories of tables, written with --out')
    .option('--layer <name>', 'only this layer (repeatable; default: all)', collectLayer)
    .option('--fail-on <gate>', 'as for the audit (repeatable)', collectGate)
    .action(async (snapshots: string[], given: GivenAudit) => {
      refuseMisplaced(program);
      const { mergeCommand } = await import('./commands/merge.ts');
      code = await mergeCommand(snapshots, auditOptions({ ...given, verify: true }), streams);
    });
  common(merge, AUDIT_FORMATS);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, streams);
  }
}

/** The options of every command that reads sources and verifies. */
function common(command: Command, formats: readonly Format[]): void {
  reading(command, formats)
    .option('--evidence <dir>', 'keep the answers of registries in this directory, and take them from it')
    .option('--trusted-root <file>', 'Sigstore trusted_root.json to trust (default: from TUF)')
    .option('--keys <file>', "keys.json of the registry to trust (default: from TUF, or the registry's own)")
    .option('--tuf-mirror <url>', 'another TUF repository than the public one')
    .option('--tuf-root <file>', 'root.json to start TUF from; needed with --tuf-mirror');
}

/** The options of every command that reads sources. */
function reading(command: Command, formats: readonly Format[]): Command {
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

// Before the command's name an option is the audit's, and would be ignored without a word.
function refuseMisplaced(program: Command): void {
  const misplaced = program.options.find((option) => program.getOptionValueSource(option.attributeName()) === 'cli');
  if (!misplaced) return;
  throw new UsageError([
    {
      code: 'USAGE',
      message: `${misplaced.long} stands before the command`,
      next: 'put options after the command: spof-deps verify --offline',
    },
  ]);
}

/** As commander gives them: `config` is true where neither of its two forms was given. */
type Given<T, Defaulted extends keyof T> = Partial<Omit<T, 'config' | Defaulted>> &
  Pick<T, Defaulted> & { readonly config: string | boolean };
type GivenAudit = Given<AuditOptions, 'format' | 'top' | 'scope' | 'verify'>;
type GivenVerify = Given<VerifyCommandOptions, 'format' | 'top' | 'scope'> & { readonly json?: boolean };

type GivenDiff = Partial<DiffOptions> & Pick<DiffOptions, 'format' | 'top'>;
type GivenCompare = Given<CompareOptions, 'format' | 'top' | 'scope' | 'verify'>;
type GivenImpact = Given<ImpactOptions, 'format' | 'top' | 'scope'>;
type GivenWhy = Given<WhyOptions, 'format' | 'top' | 'scope'>;

function diffOptions(given: GivenDiff): DiffOptions {
  const { format, top, failOn, color } = given;
  return { format, top, failOn, color, out: given.out ?? [], allowIncomplete: given.allowIncomplete ?? false };
}

function compareOptions(given: GivenCompare): CompareOptions {
  return { ...given, ...shared(given), in: given.in ?? [], layer: given.layer ?? [] };
}

function impactOptions(given: GivenImpact): ImpactOptions {
  const { list = [], verify = false } = given;
  return { ...given, ...shared(given), in: given.in ?? [], list, verify };
}

function whyOptions(given: GivenWhy): WhyOptions {
  return { ...given, ...shared(given), in: given.in ?? [] };
}

function auditOptions(given: GivenAudit): AuditOptions {
  return { ...given, ...shared(given), layer: given.layer ?? [], failOn: given.failOn ?? [] };
}

function verifyCommandOptions(given: GivenVerify): VerifyCommandOptions {
  const format = given.json ? 'json' : given.format;
  return { ...given, ...shared(given), format, require: given.require ?? [] };
}

function shared(given: GivenAudit | GivenVerify | GivenCompare | GivenWhy | GivenImpact) {
  return {
    out: given.out ?? [],
    offline: given.offline ?? false,
    allowIncomplete: given.allowIncomplete ?? false,
    failOnEmpty: given.failOnEmpty ?? false,
    quiet: given.quiet ?? false,
    cache: given.cache ?? true,
    from: given.from ?? [],
    color: given.color,
    config: given.config === true ? undefined : given.config,
  };
}

function report(error: unknown, { stderr, env }: Streams): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    for (const problem of error.problems) {
      stderr.write(`spof-deps: ${problem.code} ${forTerminal(placeOf(problem) + problem.message)}\n`);
      stderr.write(`  next: ${forTerminal(problem.next)}\n`);
    }
    return 2;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  stderr.write(`spof-deps: BUG ${forTerminal(text)}\n`);
  if (env.DEBUG && error instanceof Error) stderr.write(`${error.stack ?? ''}\n`);
  else
    stderr.write(
      '  next: report this with the command and, if you may, the lockfile; DEBUG=1 shows where it happened\n',
    );
  return 70;
}

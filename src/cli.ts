/** The command line: its commands, exit codes, error text. Loads nothing heavy until a command runs. */
import { Command, CommanderError } from 'commander';
import { declareAudit } from './cli/audit.ts';
import type { Declare } from './cli/command.ts';
import { declareCompare } from './cli/compare.ts';
import { declareDiff } from './cli/diff.ts';
import { declareImpact } from './cli/impact.ts';
import { declareMerge } from './cli/merge.ts';
import { declarePlan } from './cli/plan.ts';
import { declareTrend } from './cli/trend.ts';
import { declareUpload } from './cli/upload.ts';
import { declareVerify } from './cli/verify.ts';
import { declareWhy } from './cli/why.ts';
import type { Streams } from './commands/output.ts';
import { UsageError } from './errors.ts';
import { placeOf } from './reports/place.ts';
import { forTerminal } from './reports/safe.ts';
import { VERSION } from './version.ts';

/** In the order in which --help lists them. Adding one: its file in cli/, its file in commands/, a line here, its tests. */
const COMMANDS: readonly Declare[] = [
  declareVerify,
  declareCompare,
  declareWhy,
  declareImpact,
  declarePlan,
  declareDiff,
  declareMerge,
  declareTrend,
  declareUpload,
];

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
  spof-deps diff monday.spof today.spof      what changed; --fail-on worse exits 1
  spof-deps trend history/ --out trend.html  how it got here, from the snapshots kept in a folder
  spof-deps upload sarif/ --dry-run          findings of --sarif-dir sarif/ to the code scanning of each repository
  spof-deps impact chalk@5.6.1 --in services/ what is lost if this version is bad; exit 1 where it is locked
  spof-deps impact chalk@5.6.1 --history     were we exposed, from which commit to which? --since, --until
  spof-deps why debug@^4 --in services/      what brings a package in, and what would remove it
  spof-deps plan --system checkout           what to change, so that fewer causes take this system down

Exit codes:
  0  nothing over the gate        2  usage or configuration
  1  a gate failed: invalid       3  incomplete: something could not be read or asked
     evidence, or --fail-on       70 a bug of spof-deps
`;

/** Parses arguments, runs the command and returns the exit code. Never throws. */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  let code = 0;
  const program = new Command('spof-deps')
    .enablePositionalOptions()
    .description('What is our redundancy redundant against? Ranks what a fleet of services shares, from lockfiles.')
    .version(VERSION, '-V, --version')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(spof-deps --help lists the options)')
    .configureOutput({
      writeOut: (text: string) => void streams.stdout.write(text),
      writeErr: (text: string) => void streams.stderr.write(text),
    })
    .exitOverride();
  const invocation = {
    streams,
    begin: () => refuseMisplaced(program),
    end: (of: number) => {
      code = of;
    },
  };
  declareAudit(program, invocation);
  for (const declare of COMMANDS) declare(program, invocation);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, streams);
  }
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

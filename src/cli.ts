/** The command line: options, exit codes, error text. Loads nothing heavy until a command runs. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { Gate } from './analysis/gate.ts';
import { LAYERS, type LayerName } from './causes/layer.ts';
import type { AuditOptions } from './commands/audit.ts';
import type { Streams } from './commands/output.ts';
import { UsageError } from './errors.ts';
import { SCOPES } from './graph/closure.ts';
import { FORMATS } from './reports/formats.ts';
import { placeOf } from './reports/place.ts';
import { forTerminal } from './reports/safe.ts';
import { VERSION } from './version.ts';

const EXAMPLES = `
Examples:
  spof-deps                                  this repository
  spof-deps services/ --scope runtime        a directory of services, what runs only
  spof-deps web api/bom.cdx.json             a directory and an SBOM as one fleet
  spof-deps . --format json --top all        everything, for a program
  spof-deps . --fail-on package=0.8          exit 1 if one package can take 80% of the systems

Exit codes:
  0  nothing over the gate        2  usage or configuration
  1  a gate failed (--fail-on)    3  incomplete: something could not be read   70  a bug of spof-deps
`;

/** Parses arguments, runs the command and returns the exit code. Never throws. */
export async function main(args: readonly string[], streams: Streams): Promise<number> {
  let code = 0;
  const program = new Command('spof-deps')
    .description('What is our redundancy redundant against? Ranks what a fleet of services shares, from lockfiles.')
    .version(VERSION, '-V, --version')
    .argument('[source...]', 'directories, lockfiles or SBOM files (default: this directory)')
    .addOption(new Option('--format <format>', 'report on stdout').choices([...FORMATS]).default('terminal'))
    .option('--out <file>', 'also write a report to a file, format by extension (repeatable)', collect)
    .option('--top <n>', 'rows of each ranking, or all', parseTop, 20)
    .option('--layer <name>', `only this layer: ${LAYERS.join(', ')} (repeatable; default: all)`, collectLayer)
    .addOption(
      new Option('--scope <scope>', 'what counts: run time, build, or both').choices([...SCOPES]).default('all'),
    )
    .option('--fail-on <gate>', 'exit 1 from this blast radius on: 0.8 or package=0.8 (repeatable)', collectGate)
    .option('--allow-incomplete', 'exit 0 even if something could not be read')
    .option('--fail-on-empty', 'exit 3 if there is no lockfile')
    .option('--config <file>', 'config file (default: spof-deps.json[c] of the scanned directory)')
    .option('--no-config', 'use no config')
    .option('--color', 'colours even where stdout is no terminal')
    .option('--no-color', 'no colours')
    .option('-q, --quiet', 'no progress line')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('(spof-deps --help lists the options)')
    .configureOutput({
      writeOut: (text) => void streams.stdout.write(text),
      writeErr: (text) => void streams.stderr.write(text),
    })
    .exitOverride()
    .action(async (sources: string[], given: GivenOptions) => {
      const { auditCommand } = await import('./commands/audit.ts');
      code = await auditCommand(sources, withDefaults(given), streams);
    });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return report(error, streams);
  }
}

/** As commander gives them: `config` is true where neither of its two forms was given. */
type GivenOptions = Partial<Omit<AuditOptions, 'config'>> &
  Pick<AuditOptions, 'format' | 'top' | 'scope'> & { readonly config: string | boolean };

function withDefaults(given: GivenOptions): AuditOptions {
  return {
    ...given,
    out: given.out ?? [],
    layer: given.layer ?? [],
    failOn: given.failOn ?? [],
    allowIncomplete: given.allowIncomplete ?? false,
    failOnEmpty: given.failOnEmpty ?? false,
    quiet: given.quiet ?? false,
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

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

function parseTop(value: string): number {
  if (value === 'all') return Number.POSITIVE_INFINITY;
  if (/^\d+$/.test(value) && Number(value) > 0) return Number(value);
  throw new InvalidArgumentError('expected a whole number from 1, or all.');
}

function collectGate(value: string, before: readonly Gate[] = []): Gate[] {
  const [, layer, number] = /^(?:([a-z]+)=)?(\d*\.?\d+)$/.exec(value) ?? [];
  const blastRadius = Number(number);
  if (number === undefined || blastRadius > 1 || (layer !== undefined && !isLayer(layer))) {
    throw new InvalidArgumentError(
      `expected a blast radius from 0 to 1, or one of ${LAYERS.join(', ')} with it: package=0.8.`,
    );
  }
  return [...before, layer === undefined ? { blastRadius } : { blastRadius, layer: layer as LayerName }];
}

function collectLayer(value: string, before: readonly LayerName[] = []): LayerName[] {
  if (!isLayer(value)) throw new InvalidArgumentError(`expected one of ${LAYERS.join(', ')}.`);
  return before.includes(value) ? [...before] : [...before, value];
}

function isLayer(name: string): name is LayerName {
  return (LAYERS as readonly string[]).includes(name);
}

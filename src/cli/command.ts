/** What every command is declared with. */
import type { Command } from 'commander';
import type { Streams } from '../commands/output.ts';

export interface Invocation {
  readonly streams: Streams;
  /** Called once, before a command other than the audit runs. */
  readonly begin: () => void;
  /** Called once, with the exit code. */
  readonly end: (code: number) => void;
}

/** Declares one command: its arguments and options, and what runs it. Loads nothing heavy until it runs. */
export type Declare = (program: Command, invocation: Invocation) => void;

/** What every group of commands is registered with. */
import { type Command, Option } from 'commander';
import type { Terminal } from './terminal.ts';

export interface Registry {
  readonly program: Command;
  readonly terminal: Terminal;
  /** Runs a command's work; its exit code becomes the program's. */
  readonly act: (work: () => Promise<number>) => Promise<void>;
}

/** A flag that may be given several times. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description)
    .default([])
    .argParser((value: string, earlier: readonly string[]) => [...earlier, value]);
}

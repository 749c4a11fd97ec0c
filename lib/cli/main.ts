/** The command line: which command, which flags, and what the exit code is. What a command does is loaded when it runs. */
import { CommanderError } from 'commander';
import { createColors } from 'picocolors';
import { CliError, EXIT } from './exit-code.ts';
import { createProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Answers the exit code; never throws for a fault of the user's. */
export async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  const shown = argv.includes('--no-color') ? withoutColor(terminal) : terminal;
  let code: number = EXIT.ok;
  const keep = (result: number) => {
    code = result;
  };
  const program = createProgram(shown, keep, namesStack(argv, terminal) ? 'aws' : 'local');
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    return report(error, shown);
  }
}

function namesStack(argv: readonly string[], { env }: Terminal): boolean {
  return Boolean(env['ARGOSY_STACK']) || argv.some((word) => /^--stack(=|$)/.test(word));
}

function withoutColor(terminal: Terminal): Terminal {
  const colors = createColors(false);
  return { ...terminal, out: { ...terminal.out, colors }, err: { ...terminal.err, colors } };
}

function report(error: unknown, terminal: Terminal): number {
  const { err } = terminal;
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof CliError) {
    err.write(`${err.colors.red('error:')} ${error.message}\n`);
    if (error.hint !== undefined) err.write(`  ${error.hint}\n`);
    return error.exitCode;
  }
  if (isSystemError(error)) {
    err.write(`${err.colors.red('error:')} ${error.message}\n`);
    return EXIT.usage;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  err.write(
    `${err.colors.red('internal error:')} this is a fault of argosy, not of your workflow\n${text}\n`,
  );
  return 70;
}

/** The machine refused something: no such file, no permission, no space. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}

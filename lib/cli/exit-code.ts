/** What the program's exit code says, and the error that carries one. */

export const EXIT = {
  ok: 0,
  /** The workflow did not succeed. */
  failed: 1,
  /** The command line is wrong, or what it names is not there. */
  usage: 2,
  /** The workflow is wrong: lint or compile errors. */
  invalid: 3,
  /** AWS, or the right to use it. */
  aws: 4,
  timeout: 5,
  interrupted: 130,
} as const;

/** A fault that the user can mend: its message is all that is shown. */
export class CliError extends Error {
  readonly exitCode: number;
  readonly hint: string | undefined;

  constructor(message: string, exitCode: number = EXIT.usage, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

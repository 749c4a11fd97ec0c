/** `argosy compile`: the Amazon States Language that a workflow becomes. */
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { printStateMachine } from '../../asl/print.ts';
import { hasErrors, prepareRun } from '../../local/prepare.ts';
import { type EksFlag, eksOf } from '../eks-flag.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { readSources } from '../files.ts';
import { countText, reportDiagnostics } from '../report.ts';
import { PREFIX } from '../runs/execute.ts';
import type { Terminal } from '../terminal.ts';

export interface CompileFlags {
  readonly output?: string;
  readonly origins?: boolean;
  readonly from?: string;
  readonly eks?: EksFlag;
}

export async function compile(
  paths: readonly string[],
  flags: CompileFlags,
  terminal: Terminal,
): Promise<number> {
  const sources = await readSources(paths, terminal);
  const given = { ...(flags.from === undefined ? {} : { from: flags.from }), ...eksOf(flags.eks) };
  const { diagnostics, prepared, candidates } = prepareRun(sources, { ...given, suffix: '', prefix: PREFIX });
  reportDiagnostics(diagnostics, terminal.err);
  if (prepared === undefined) {
    if (hasErrors(diagnostics)) {
      terminal.err.write(`\n${terminal.err.colors.red(`✖ ${countText(diagnostics)}`)}\n`);
      return EXIT.invalid;
    }
    const names = (candidates ?? []).map((one) => `${one.kind}/${one.name}`).join(', ');
    throw new CliError(names === '' ? 'there is no workflow to compile' : `several could be meant: ${names}`);
  }
  const { compiled, document } = prepared;
  const text = flags.origins
    ? `${JSON.stringify(compiled.origins, undefined, 2)}\n`
    : [compiled.machine, ...Object.values(compiled.parts)].map((one) => printStateMachine(one)).join('');
  if (flags.output === undefined || flags.output === '-') {
    terminal.out.write(text);
    return EXIT.ok;
  }
  const name = document.name.replace(/-$/, '') || 'workflow';
  const file = await targetOf(resolve(terminal.cwd, flags.output), flags.output, name);
  await writeFile(file, text);
  terminal.err.write(`${file}\n`);
  return EXIT.ok;
}

/** A folder, or what ends with a slash, takes a file of the workflow's name. */
async function targetOf(path: string, given: string, name: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  if (!given.endsWith('/') && info?.isDirectory() !== true) return path;
  await mkdir(path, { recursive: true });
  return join(path, `${name}.asl.json`);
}

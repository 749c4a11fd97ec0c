/** `argosy lint`: every mistake of workflows at its place. */
import { checkSupport } from '../../compiler/2-analyze/check-support.ts';
import { type LintResult, lint as lintSources } from '../../compiler/2-analyze/lint.ts';
import { sortDiagnostics } from '../../diagnostics/collector.ts';
import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { diagnosticToJson, renderLine } from '../../diagnostics/render.ts';
import type { Source } from '../../diagnostics/source.ts';
import { type EksFlag, supportOf } from '../eks-flag.ts';
import { EXIT } from '../exit-code.ts';
import { readSources } from '../files.ts';
import { countText, reportDiagnostics } from '../report.ts';
import type { Terminal } from '../terminal.ts';

export interface LintFlags {
  readonly output: 'pretty' | 'simple' | 'json';
  readonly strict: boolean;
  readonly kinds?: string;
  readonly eks?: EksFlag;
}

export async function lint(paths: readonly string[], flags: LintFlags, terminal: Terminal): Promise<number> {
  const sources = await readSources(paths, terminal);
  const result = lintSources(sources);
  const diagnostics = meant(result, sources, flags);
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const found = !diagnostics.some(({ code }) => code === 'nothing-to-check');
  const failed = errors > 0 || !found || (flags.strict && diagnostics.length > 0);
  if (flags.output === 'json') {
    const list = diagnostics.map(diagnosticToJson);
    terminal.out.write(`${JSON.stringify({ valid: !failed, diagnostics: list }, undefined, 2)}\n`);
  } else if (flags.output === 'simple') {
    for (const one of diagnostics) terminal.out.write(`${renderLine(one)}\n`);
    if (!found) terminal.out.write('found nothing to lint in the specified paths, failing...\n');
    else if (!failed) terminal.out.write('no linting errors found!\n');
  } else {
    reportDiagnostics(diagnostics, terminal.out);
    if (diagnostics.length > 0) terminal.out.write('\n');
    terminal.out.write(`${summary(diagnostics, { failed, found, errors }, terminal)}\n`);
  }
  return failed ? EXIT.invalid : EXIT.ok;
}

function meant(
  result: LintResult,
  sources: readonly Source[],
  { strict, eks }: LintFlags,
): readonly Diagnostic[] {
  const all = sortDiagnostics([...result.diagnostics, ...checkSupport(result.documents, supportOf(eks))]);
  // A folder of manifests may hold files that are not for Argo at all.
  return sources.length > 1 && !strict ? all.filter(({ code }) => code !== 'unknown-kind') : all;
}

interface Verdict {
  readonly failed: boolean;
  readonly found: boolean;
  readonly errors: number;
}

function summary(diagnostics: readonly Diagnostic[], verdict: Verdict, terminal: Terminal): string {
  const { green, red } = terminal.out.colors;
  const { failed, found, errors } = verdict;
  if (!found) return red('✖ found nothing to lint in the specified paths, failing...');
  const warnings = diagnostics.length - errors;
  if (errors > 0)
    return red(`✖ ${errors} linting errors found!${warnings > 0 ? ` (${countText(diagnostics)})` : ''}`);
  if (failed) return red(`✖ ${countText(diagnostics)} with --strict`);
  return `${green('✔')} no linting errors found!${warnings > 0 ? ` (${countText(diagnostics)})` : ''}`;
}

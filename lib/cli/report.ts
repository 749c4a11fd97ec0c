/** Diagnostics and messages on a terminal. */
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Paint, renderDiagnostics } from '../diagnostics/render.ts';
import type { Stream } from './terminal.ts';

export function paintOf({ colors }: Stream): Paint {
  return {
    severity: (text, severity) => colors.bold(severity === 'error' ? colors.red(text) : colors.yellow(text)),
    frame: (text) => colors.cyan(text),
    label: (text) => colors.dim(text),
  };
}

export function reportDiagnostics(diagnostics: readonly Diagnostic[], stream: Stream): void {
  if (diagnostics.length > 0) stream.write(renderDiagnostics(diagnostics, paintOf(stream)));
}

/** `3 errors, 1 warning`. */
export function countText(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const counted = (count: number, name: string) => `${count} ${name}${count === 1 ? '' : 's'}`;
  return [errors > 0 ? [counted(errors, 'error')] : [], warnings > 0 ? [counted(warnings, 'warning')] : []]
    .flat()
    .join(', ');
}

/** Diagnostics as people and programs read them: drawn, on one line, and as JSON. */

import type { Diagnostic, Severity } from './diagnostic.ts';
import { lineText, positionAt, type Span } from './source.ts';

/** Colours a piece of the drawn form; the plain one returns the text as it is. */
export interface Paint {
  readonly severity: (text: string, severity: Severity) => string;
  readonly frame: (text: string) => string;
  readonly label: (text: string) => string;
}

export const plain: Paint = {
  severity: (text) => text,
  frame: (text) => text,
  label: (text) => text,
};

/** Text of others as pictures of its control characters, which a terminal would obey (U+2400 and following). */
function visible(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, (letter) => {
    const code = letter.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

interface Mark {
  readonly span: Span;
  readonly text: string;
  readonly underline: '^' | '-';
}

/** The drawn form, with the lines of the source that are meant. */
export function renderDiagnostic(diagnostic: Diagnostic, paint: Paint = plain): string {
  const { code, severity, message, span, label, related = [], notes = [], hint } = diagnostic;
  const lines = [`${paint.severity(`${severity}[${code}]`, severity)}: ${visible(message)}`];
  const marks: Mark[] = span ? [{ span, text: label ?? '', underline: '^' }] : [];
  for (const { span: where, message: text } of related) marks.push({ span: where, text, underline: '-' });
  marks.forEach((mark, index) => {
    if (index > 0) lines.push('');
    lines.push(...drawMark(mark, diagnostic, paint));
  });
  for (const note of notes) lines.push(`  ${visible(note)}`);
  if (hint) lines.push(`  hint: ${visible(hint)}`);
  return lines.join('\n');
}

function drawMark(mark: Mark, diagnostic: Diagnostic, paint: Paint): readonly string[] {
  const { span, text, underline } = mark;
  const { line, column } = positionAt(span.source, span.start);
  const end = positionAt(span.source, Math.max(span.start, span.end - 1));
  const shown = visible(lineText(span.source, line).replaceAll('\t', ' ').slice(0, 400));
  const number = String(line);
  const gutter = ' '.repeat(number.length);
  const last = end.line === line ? end.column : shown.length;
  const width = Math.max(1, Math.min(last, Math.max(shown.length, column)) - column + 1);
  const caret = underline.repeat(width);
  const painted = underline === '^' ? paint.severity(caret, diagnostic.severity) : paint.label(caret);
  const pointer = `${gutter}${paint.frame('│')} ${' '.repeat(column - 1)}${painted}`;
  return [
    `${gutter}${paint.frame('┌─')} ${span.source.path}:${line}:${column}`,
    `${gutter}${paint.frame('│')}`,
    `${number}${paint.frame('│')} ${shown}`,
    text ? `${pointer} ${paint.label(visible(text))}` : pointer,
  ];
}

/** Several diagnostics, drawn, with a blank line between them and one line end at the end. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], paint: Paint = plain): string {
  if (diagnostics.length === 0) return '';
  return diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, paint)).join('\n\n') + '\n';
}

/** `path:line:column: severity[code]: message`, as editors and CI read it. */
export function renderLine(diagnostic: Diagnostic): string {
  const { code, severity, message, span } = diagnostic;
  const text = `${severity}[${code}]: ${visible(message).replaceAll('\n', ' ')}`;
  if (!span) return text;
  const { line, column } = positionAt(span.source, span.start);
  return `${span.source.path}:${line}:${column}: ${text}`;
}

export interface JsonRange {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A diagnostic without references to sources, for machines. */
export interface JsonDiagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly range?: JsonRange;
  readonly label?: string;
  readonly related?: readonly { readonly range: JsonRange; readonly message: string }[];
  readonly notes?: readonly string[];
  readonly hint?: string;
}

export function diagnosticToJson(diagnostic: Diagnostic): JsonDiagnostic {
  const { code, severity, message, span, label, related, notes, hint } = diagnostic;
  return {
    code,
    severity,
    message,
    ...(span && { range: rangeOf(span) }),
    ...(label !== undefined && { label }),
    ...(related && {
      related: related.map(({ span: where, message: text }) => ({ range: rangeOf(where), message: text })),
    }),
    ...(notes && { notes }),
    ...(hint !== undefined && { hint }),
  };
}

function rangeOf(span: Span): JsonRange {
  const start = positionAt(span.source, span.start);
  const end = positionAt(span.source, span.end);
  return {
    path: span.source.path,
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}

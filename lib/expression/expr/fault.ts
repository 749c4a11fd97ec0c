/** A fault of an expression while it is read, checked or run: thrown inside the engine, caught at its API. */

export type ExprPhase = 'compile' | 'run';

/** Where in the text, counted from 1 for lines and columns, from 0 for the offset. */
export interface ExprPosition {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export class ExprFault extends Error {
  override readonly name = 'ExprFault';
  readonly offset: number;
  readonly phase: ExprPhase;

  constructor(message: string, offset: number, phase: ExprPhase = 'compile') {
    super(message);
    this.offset = offset;
    this.phase = phase;
  }
}

/** The position of an offset in the text. */
export function positionOf(text: string, offset: number): ExprPosition {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { offset, line: before.split('\n').length, column: offset - lineStart + 1 };
}

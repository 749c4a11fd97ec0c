/**
 * The error that a Go function returned: thrown by functions of the expression languages, caught at their
 * API.
 */

export class GoError extends Error {
  override readonly name = 'GoError';
}

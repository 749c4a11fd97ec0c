/** `=~` and `!~`: Go's regular expressions, unanchored. */

import { compileRegexp, regexpMatches } from '../go/regexp.ts';
import { GoError } from '../go-error.ts';

/** What is wrong with a pattern; undefined where it is good. */
export function checkPattern(pattern: string): string | undefined {
  try {
    compileRegexp(pattern);
    return undefined;
  } catch (error) {
    if (error instanceof GoError) return error.message;
    throw error;
  }
}

/** Whether the pattern occurs in the text; undefined where the pattern is bad, or the work too much. */
export function searchPattern(text: string, pattern: string): boolean | undefined {
  try {
    return regexpMatches(compileRegexp(pattern), text);
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

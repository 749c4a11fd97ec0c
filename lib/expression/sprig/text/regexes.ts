/** Regular expressions in RE2 syntax. */
import {
  compileRegexp,
  findAll,
  findFirst,
  type GoRegexp,
  quoteMeta,
  regexpMatches,
  replaceAll,
  replaceAllLiteral,
  splitText,
} from '../../go/regexp.ts';
import { GoError } from '../../go-error.ts';
import type { GoFunction } from '../../values.ts';
import { define, mustTwin } from '../define.ts';
import { stringList } from '../results.ts';

/** Compiles for the twins without `must`, which panic with another wording. */
function compile(source: string): GoRegexp {
  try {
    return compileRegexp(source);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`regexp: Compile(\`${source}\`): ${error.message}`);
  }
}

function isMatch(source: string, text: string): boolean {
  return regexpMatches(compileRegexp(source), text);
}

function pair(make: (compiler: (source: string) => GoRegexp) => GoFunction): GoFunction[] {
  return [make(compile), mustTwin(make(compileRegexp))];
}

export const regexFunctions: readonly GoFunction[] = [
  define('regexMatch', ['string', 'string'], 'bool', (source, text) => {
    try {
      return isMatch(source, text);
    } catch (error) {
      if (error instanceof GoError) return false;
      throw error;
    }
  }),
  define('mustRegexMatch', ['string', 'string'], '(bool, error)', isMatch),
  ...pair((compiler) =>
    define('regexFind', ['string', 'string'], 'string', (source, text) => findFirst(compiler(source), text)),
  ),
  ...pair((compiler) =>
    define('regexFindAll', ['string', 'string', 'int'], '[]string', (source, text, most) =>
      stringList(findAll(compiler(source), text, Number(most))),
    ),
  ),
  ...pair((compiler) =>
    define('regexReplaceAll', ['string', 'string', 'string'], 'string', (source, text, replacement) =>
      replaceAll(compiler(source), text, replacement),
    ),
  ),
  ...pair((compiler) =>
    define('regexReplaceAllLiteral', ['string', 'string', 'string'], 'string', (source, text, replacement) =>
      replaceAllLiteral(compiler(source), text, replacement),
    ),
  ),
  ...pair((compiler) =>
    define('regexSplit', ['string', 'string', 'int'], '[]string', (source, text, most) =>
      stringList(splitText(compiler(source), text, Number(most))),
    ),
  ),
  define('regexQuoteMeta', ['string'], 'string', quoteMeta),
];

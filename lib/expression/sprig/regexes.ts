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
} from '../go/regexp.ts';
import { GoError } from '../go-error.ts';
import type { GoFunction } from '../values.ts';
import { define } from './define.ts';
import { stringList } from './results.ts';

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

function pair(
  name: string,
  make: (name: string, compiler: (source: string) => GoRegexp) => GoFunction,
): GoFunction[] {
  return [make(name, compile), make(`must${name[0]?.toUpperCase() ?? ''}${name.slice(1)}`, compileRegexp)];
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
  ...pair('regexFind', (name, compiler) =>
    define(name, ['string', 'string'], 'string', (source, text) => findFirst(compiler(source), text)),
  ),
  ...pair('regexFindAll', (name, compiler) =>
    define(name, ['string', 'string', 'int'], '[]string', (source, text, most) =>
      stringList(findAll(compiler(source), text, Number(most))),
    ),
  ),
  ...pair('regexReplaceAll', (name, compiler) =>
    define(name, ['string', 'string', 'string'], 'string', (source, text, replacement) =>
      replaceAll(compiler(source), text, replacement),
    ),
  ),
  ...pair('regexReplaceAllLiteral', (name, compiler) =>
    define(name, ['string', 'string', 'string'], 'string', (source, text, replacement) =>
      replaceAllLiteral(compiler(source), text, replacement),
    ),
  ),
  ...pair('regexSplit', (name, compiler) =>
    define(name, ['string', 'string', 'int'], '[]string', (source, text, most) =>
      stringList(splitText(compiler(source), text, Number(most))),
    ),
  ),
  define('regexQuoteMeta', ['string'], 'string', quoteMeta),
];

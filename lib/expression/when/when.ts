/** `when` of steps, tasks and CronWorkflows: govaluate at 7625b7f8c03d, used as Argo uses it. */
import { runWhen } from './evaluate.ts';
import { lexWhen } from './lex.ts';
import { type WhenValue, whenText } from './operators.ts';
import { checkPattern } from './pattern.ts';
import { planWhen, type WhenStage } from './stage.ts';
import { WhenError, type WhenToken } from './token.ts';
import { checkBalance, checkOrder } from './transitions.ts';

export type WhenResult =
  | { readonly ok: true; readonly value: boolean }
  | { readonly ok: false; readonly error: string; readonly position?: number };

/** A parsed `when`: its tokens and what it evaluates. Stages are not to be changed. */
export type WhenParse =
  | { readonly ok: true; readonly tokens: readonly WhenToken[]; readonly root: WhenStage | undefined }
  | { readonly ok: false; readonly error: string; readonly position: number };

const longest = 1 << 20;

/**
 * `x =~ 'p'` with a literal on the right is compiled at once, so that a bad pattern is an error of the
 * syntax.
 */
function compilePatterns(tokens: readonly WhenToken[]): WhenToken[] {
  return tokens.map((token, index) => {
    const before = tokens[index - 1];
    const isPattern = before?.kind === 'COMPARATOR' && (before.value === '=~' || before.value === '!~');
    if (!isPattern || token.kind !== 'STRING') return token;
    const fault = checkPattern(String(token.value));
    if (fault !== undefined) throw new WhenError(fault, token.start);
    return { ...token, kind: 'PATTERN' };
  });
}

function checkAndPlan(tokens: readonly WhenToken[]): {
  tokens: readonly WhenToken[];
  root: WhenStage | undefined;
} {
  checkBalance(tokens);
  checkOrder(tokens);
  const compiled = compilePatterns(tokens);
  return { tokens: compiled, root: planWhen(compiled) };
}

function parseSteps(text: string): { tokens: readonly WhenToken[]; root: WhenStage | undefined } {
  const tokens = prefixed(`Invalid 'when' expression '${text}': `, () => checkAndPlan(lexWhen(text)).tokens);
  // Bare words become strings, and the tokens are checked again: `!a` was good before and is bad now.
  const strings = tokens.map(
    (token): WhenToken => (token.kind === 'VARIABLE' ? { ...token, kind: 'STRING' } : token),
  );
  return prefixed(`Failed to parse 'when' expression '${text}': `, () => checkAndPlan(strings));
}

function prefixed<T>(prefix: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof WhenError)) throw error;
    const isToken = prefix.startsWith('Invalid') && error.message.includes('Invalid token');
    const hint = isToken ? ' (hint: try wrapping the affected expression in quotes ("))' : '';
    throw new WhenError(prefix + error.message + hint, error.position);
  }
}

function asBoolean(text: string, value: WhenValue): WhenResult {
  if (typeof value === 'boolean') return { ok: true, value };
  return {
    ok: false,
    error: `Expected boolean evaluation for '${text}'. Got ${whenText(value)}`,
    position: 0,
  };
}

function guarded(text: string, run: () => WhenResult): WhenResult {
  if (text === '') return { ok: true, value: true };
  if (text.length > longest) return { ok: false, error: 'the expression is too long', position: 0 };
  try {
    return run();
  } catch (error) {
    if (error instanceof WhenError) return { ok: false, error: error.message, position: error.position };
    throw error;
  }
}

/**
 * The `when` of a step or task, its tags already replaced: true runs, false skips
 * (workflow/controller/steps.go,
 * shouldExecute). Empty text is true. Bare words are strings.
 */
export function evaluateWhen(text: string): WhenResult {
  return guarded(text, () => {
    const { root } = parseSteps(text);
    return asBoolean(
      text,
      prefixed(`Failed to evaluate 'when' expresion '${text}': `, () => runWhen(root)),
    );
  });
}

/**
 * The `when` of a CronWorkflow, its tags already replaced (workflow/cron/operator.go). Bare words are
 * errors.
 */
export function evaluateCronWhen(text: string): WhenResult {
  return guarded(text, () => asBoolean(text, runWhen(checkAndPlan(lexWhen(text)).root)));
}

/** The syntax alone of a `when` of a step or task, for tools that look into it. */
export function parseWhen(text: string): WhenParse {
  if (text.length > longest) return { ok: false, error: 'the expression is too long', position: 0 };
  try {
    return { ok: true, ...parseSteps(text) };
  } catch (error) {
    if (error instanceof WhenError) return { ok: false, error: error.message, position: error.position };
    throw error;
  }
}

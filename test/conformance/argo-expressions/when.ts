/** Compares `when` of steps and CronWorkflows, and `stopStrategy`, with what Argo's own code gave. */
import {
  type CronCondition,
  type CronWorkflowView,
  evaluateCronWorkflowWhen,
  evaluateStopStrategy,
} from '../../../lib/expression/cron/conditions.ts';
import { plainText } from '../../../lib/expression/template/pieces.ts';
import { substituteText } from '../../../lib/expression/template/substitute.ts';
import { evaluateWhen } from '../../../lib/expression/when/when.ts';
import { scopeOf } from './go-value.ts';

interface WhenVector {
  readonly evaluator: 'step' | 'cron' | 'stopStrategy';
  readonly when?: string;
  readonly expression?: string;
  readonly scope?: object;
  readonly substituted?: string;
  readonly substitutionError?: string;
  readonly requeue?: boolean;
  readonly cronworkflow?: Omit<CronWorkflowView, 'lastScheduledTime'> & {
    readonly lastScheduledTime?: string | null;
  };
  readonly result?: boolean;
  readonly error?: string;
}

/** Undefined where the vector passes, else why not. */
export function check(vector: unknown): string | undefined {
  const one = vector as WhenVector;
  if (one.evaluator === 'step') return checkStep(one);
  const { lastScheduledTime, ...rest } = one.cronworkflow!;
  const cron = { ...rest, ...(lastScheduledTime && { lastScheduledTime: new Date(lastScheduledTime) }) };
  return one.evaluator === 'cron'
    ? compare(evaluateCronWorkflowWhen(one.when ?? '', cron), one)
    : compare(evaluateStopStrategy(one.expression ?? '', cron), one);
}

function checkStep(vector: WhenVector): string | undefined {
  const when = vector.when ?? '';
  if (!vector.scope) return compare(evaluateWhen(when), vector);
  const replaced = substituteText(when, scopeOf(vector.scope), { prefixes: ['steps', 'tasks'] });
  if (vector.substitutionError !== undefined) {
    if (replaced.ok) return `expected the error ${vector.substitutionError}`;
    return replaced.missing === (vector.requeue ?? false) ? undefined : `missing is ${replaced.missing}`;
  }
  if (!replaced.ok) return `unexpected error ${replaced.error}`;
  const text = plainText(replaced.value);
  if (text !== vector.substituted) return `expected the text ${vector.substituted}, got ${text}`;
  return compare(evaluateWhen(text), vector);
}

function compare(got: CronCondition, { result, error }: WhenVector): string | undefined {
  if (error !== undefined) return got.ok ? `expected the error ${error}, got ${got.value}` : undefined;
  if (!got.ok) return `unexpected error ${got.error}`;
  return got.value === result ? undefined : `expected ${result}`;
}

/** Lowers retryStrategy: native Retry where its numbers are literal, else a loop with Wait. */

import { isLeaf, templateType } from '../../argo/template.ts';
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { nativeRetry } from '../../evaluate/leaf/native-retry.ts';
import { retryPolicyOf } from '../../evaluate/leaf/retry-policy.ts';
import type { NodePhase } from '../../protocol/outcome.ts';
import { ANSWER, ENTERED, invoke, RUN } from './body.ts';
import type { CallSite } from './call.ts';
import { condition } from './condition.ts';
import type { LeafSite } from './leaf.ts';
import { type Path, stateName, variableName } from './names.ts';
import { catchAll, caughtOutcome, causeOf, failed } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, member, textOf, type Value, variable } from './value.ts';

type LowerAttempt = (site: LeafSite) => readonly Step[];

/** Argo's words for a node whose attempts are used up (operator.go processNodeRetries). */
const NO_MORE_RETRIES = 'No more retries left';

/** What follows a Retry node hangs on the attempt itself, not on what is in it (operator.go getOutboundNodes). */
const NO_ENDS = '"ends": []';

export function lowerRetry(
  waiting: CallSite,
  template: BundleTemplate,
  attempt: LowerAttempt,
): readonly Step[] {
  // Every attempt has its own clock; the wait for a lock counts for none of them.
  const { startedAt: _since, ...site } = waiting;
  const strategy = template.template.retryStrategy ?? {};
  // A deadline ends the attempts, which native Retry does not look at.
  const timed = site.lowering.bundle.spec.activeDeadlineSeconds !== undefined;
  const native = timed || readsLastRetry(template) ? undefined : nativeRetry(strategy);
  return native === undefined
    ? lowerRetryLoop(site, template, attempt)
    : lowerNativeRetry(site, template, attempt, native.retriers);
}

/** The attempt before is only known to the loop. */
function readsLastRetry(template: BundleTemplate): boolean {
  return JSON.stringify(template.template).includes('lastRetry');
}

/** Argo's name of an attempt's node: `NODE(0)`. */
function attemptNode(node: Value, retries: string): Value {
  const base = textOf(node);
  return expression(`${base} & "(" & $string(${retries}) & ")"`);
}

type Retriers = NonNullable<ReturnType<typeof nativeRetry>>['retriers'];

function lowerNativeRetry(
  site: CallSite,
  template: BundleTemplate,
  attempt: LowerAttempt,
  retriers: Retriers,
): readonly Step[] {
  const origin = { template: template.id, ...(site.member === undefined ? {} : { member: site.member }) };
  const outcome = variableName('attempt', site.path);
  const leaf = isLeaf(template.template) && templateType(template.template) !== 'suspend';
  const tries = variableName('try', site.path);
  const retries = leaf ? '$states.input.retries' : `$${tries}`;
  const inner: LeafSite = {
    ...site,
    node: attemptNode(site.node, retries),
    outcome,
    attempt: { retries: expression(retries) },
    throws: leaf,
  };
  const branch: readonly Step[] = leaf
    ? [...attempt(inner), returning(site.path, origin, outcome)]
    : [
        {
          kind: 'pass',
          name: stateName(site.path, 'attempt'),
          origin,
          assign: { [tries]: expression('$states.input.retries') },
        },
        ...attempt(inner),
        ...failing(site.path, origin, outcome),
      ];
  const errorsOf = (isTried: boolean) =>
    retriers.filter((one) => one.MaxAttempts > 0 === isTried).flatMap((one) => one.ErrorEquals);
  const retriable = errorsOf(true);
  const exhausted = retriable.includes('States.ALL')
    ? `$not($states.errorOutput.Error in ${textOf(errorsOf(false))})`
    : `$states.errorOutput.Error in ${textOf(retriable)}`;
  const own = caughtOutcome(site.node);
  // Only where errors are not retried is the fault of a start one of the Retry node's as well (operator.go executeTemplate).
  const isStart = retryPolicyOf(template.template.retryStrategy ?? {}) === 'OnFailure';
  const kept = isStart ? `{${NO_ENDS}}` : `{${NO_ENDS}, "notStarted": false}`;
  const caught = expression(
    `$merge([${textOf(own)}, ${kept}, ${exhausted} ? {"message": ${textOf(NO_MORE_RETRIES)}} : {}])`,
    { phases: ['Failed', 'Error'] },
  );
  const ended = leaf && template.template.daemon === true ? ['Running', 'Succeeded'] : ['Succeeded'];
  return [
    {
      kind: 'parallel',
      name: stateName(site.path, 'attempts'),
      origin,
      arguments: { retries: expression('$states.context.State.RetryCount') },
      branches: [branch],
      retry: retriers,
      assign: {
        [site.outcome]: expression(
          `$merge([$states.result[0], {${NO_ENDS}, "node": ${textOf(site.node)}, "attempt": $states.result[0].node}])`,
          { phases: ended as readonly NodePhase[] },
        ),
      },
      catch: catchAll({ [site.outcome]: caught }),
    },
  ];
}

type Origin = { readonly template: string };

function returning(path: Path, origin: Origin, outcome: string): Step {
  return { kind: 'pass', name: stateName(path, 'succeeded'), origin, output: variable(outcome) };
}

/** Turns an outcome that is data into an error, for the Retry around the branch. */
function failing(path: Path, origin: Origin, outcome: string): readonly Step[] {
  return [
    {
      kind: 'choice',
      name: stateName(path, 'succeeded?'),
      origin,
      rules: [
        {
          condition: condition(failed(outcome)),
          steps: [
            {
              kind: 'fail',
              name: stateName(path, 'failed'),
              origin,
              error: expression(`"Argo." & $${outcome}.phase`),
              cause: causeOf(outcome),
            },
          ],
        },
      ],
      otherwise: {},
    },
    returning(path, origin, outcome),
  ];
}

function lowerRetryLoop(site: CallSite, template: BundleTemplate, attempt: LowerAttempt): readonly Step[] {
  const origin = { template: template.id, ...(site.member === undefined ? {} : { member: site.member }) };
  const tries = variableName('try', site.path);
  const first = variableName('first', site.path);
  const last = variableName('last', site.path);
  const outcome = variableName('attempt', site.path);
  const answer = variableName('retry', site.path);
  const again = `${stateName(site.path)} again`;
  const inner: LeafSite = {
    ...site,
    node: attemptNode(site.node, `$${tries}`),
    outcome,
    attempt: {
      retries: variable(tries),
      lastRetry: variable(last),
      firstStartedAt: variable(first),
    },
  };
  return [
    {
      kind: 'pass',
      name: stateName(site.path, 'first attempt'),
      origin,
      assign: { [tries]: 0, [first]: ENTERED, [last]: {} },
    },
    { kind: 'label', label: again },
    ...attempt(inner),
    invoke(site.lowering, {
      name: stateName(site.path, 'retry'),
      origin,
      handler: 'evaluate',
      payload: {
        op: 'retry',
        machine: site.lowering.bundle.id,
        template: template.id,
        node: site.node,
        inputs: site.inputs,
        run: RUN,
        globals: site.lowering.hasGlobals ? [...site.globals] : [],
        attempts: expression(`$${tries} + 1`),
        last: variable(outcome),
        firstStartedAt: variable(first),
        now: ENTERED,
      },
      assign: { [answer]: ANSWER },
    }),
    {
      kind: 'choice',
      name: stateName(site.path, 'retry?'),
      origin,
      rules: [
        {
          condition: expression(`$${answer}.kind = "again"`),
          steps: [
            {
              kind: 'wait',
              name: stateName(site.path, 'backoff'),
              origin,
              seconds: expression(`$${answer}.waitSeconds`),
              assign: { [tries]: expression(`$${tries} + 1`), [last]: member(variable(answer), 'lastRetry') },
            },
            { kind: 'goto', label: again },
          ],
        },
      ],
      otherwise: { assign: { [site.outcome]: member(variable(answer), 'outcome') } },
    },
  ];
}

/** Lowers a whole run: entry, entrypoint, exit handler, verdict; and the targets of child executions. */

import { jsonataString } from '../../asl/jsonata-text.ts';
import type { Bundle } from '../../evaluate/bundle.ts';
import { templateFault } from '../../evaluate/template-fault.ts';
import { ANSWER, ENTERED, exportedBy, invoke, type Lowering, type LowerOptions, RUN } from './body.ts';
import { lowerCall } from './call.ts';
import { INPUT } from './child-body.ts';
import { all, condition, phaseIn } from './condition.ts';
import { type Division, loweringOf, undivided } from './division.ts';
import { catchInto, causeOf, erred, failed } from './outcome.ts';
import type { Plan, Step } from './plan.ts';
import { firedHooks, hooksAtEnd, hooksOnRunning } from './run-hooks.ts';
import { lowerRunLocks, lowerSuspendedRun } from './run-start.ts';
import { isPlainLeaf, lowerStart } from './start.ts';
import { END, targetsOf } from './targets.ts';
import { concat, expression, member, type Test, variable } from './value.ts';

const NODE = member(INPUT, 'node');

/** The first machine, which runs the run, or one that only holds targets. */
export function lowerWorkflow(
  bundle: Bundle,
  options: LowerOptions,
  division: Division = undivided(bundle),
  here = '',
): Plan {
  const lowering = loweringOf(bundle, options, division, here);
  const targets = targetsOf(lowering, division).filter(
    ({ target }) => (division.holding.get(target) ?? '') === here,
  );
  const origin = { template: bundle.entrypoint };
  const choice: readonly Step[] =
    targets.length === 0
      ? []
      : [
          {
            kind: 'choice' as const,
            name: 'target',
            origin,
            rules: targets.map(({ target, steps }) => ({
              condition: expression(`$states.input.target = ${jsonataString(target)}`),
              steps: steps(),
            })),
            otherwise: {},
          },
        ];
  const rest: readonly Step[] =
    here === ''
      ? lowerRun(lowering)
      : [{ kind: 'fail', name: 'no such target', origin, error: 'States.Runtime', cause: 'no such target' }];
  const comment = `Argo Workflow, entrypoint ${bundle.spec.entrypoint ?? ''}`;
  return {
    comment:
      here === '' ? comment : `${comment}; executions of it are started by the machine without ${here}`,
    steps: [...choice, ...rest, { kind: 'label', label: END }],
  };
}

/** What each target, and the run itself (''), would be as a machine of its own. */
export function lowerApart(
  bundle: Bundle,
  options: LowerOptions,
  division: Division,
): readonly (readonly [target: string, plan: Plan])[] {
  const lowering = loweringOf(bundle, options, division, '');
  const end: Step = { kind: 'label', label: END };
  return [
    ['', { comment: '', steps: [...lowerRun(lowering), end] }],
    ...targetsOf(lowering, division).map(
      ({ target, steps }) => [target, { comment: '', steps: [...steps(), end] }] as const,
    ),
  ];
}

function lowerRun(lowering: Lowering): readonly Step[] {
  const { bundle } = lowering;
  const origin = { template: bundle.entrypoint };
  const guarded = bundle.onExit !== undefined || Object.keys(bundle.hooks).length > 0;
  const outcome = 'run_outcome';
  const inner = guarded ? 'entry_outcome' : outcome;
  const work = lowerEntry(lowering, inner);
  const steps: Step[] = guarded
    ? [
        {
          kind: 'parallel',
          name: 'run',
          origin,
          arguments: expression('$states.input'),
          branches: [
            [...work, { kind: 'pass', name: 'entrypoint outcome', origin, output: variable(inner) }],
            ...hooksOnRunning(lowering),
          ],
          assign: { [outcome]: expression('$states.result[0]', { branch: [0] }), ...firedHooks(lowering) },
          catch: catchInto(outcome, NODE),
        },
        ...hooksAtEnd(lowering, outcome),
      ]
    : [...work];
  if (bundle.onExit !== undefined) steps.push(...lowerExit(lowering, outcome));
  const exit = bundle.onExit === undefined ? undefined : 'exit_outcome';
  // An exit handler that never ran has no outcome.
  const unset: readonly Step[] =
    exit === undefined || bundle.spec.synchronization === undefined
      ? []
      : [{ kind: 'pass', name: 'before the run', origin, assign: { [exit]: {} } }];
  return [
    ...lowerSuspendedRun(lowering),
    ...unset,
    ...lowerRunLocks(lowering, NODE, outcome, steps),
    ...verdict(lowering, outcome, exit),
  ];
}

/** The workflow's own arguments become the entrypoint's inputs. */
function lowerEntry(lowering: Lowering, outcome: string): readonly Step[] {
  const { bundle } = lowering;
  const origin = { template: bundle.entrypoint };
  const entrypoint = bundle.templates[bundle.entrypoint];
  const inputs = entrypoint?.template.inputs;
  const needsNothing = (inputs?.parameters?.length ?? 0) + (inputs?.artifacts?.length ?? 0) === 0;
  // An expression in the template's text may fail, which is the entrypoint's own error, or one of the spec's labels.
  const isSafe =
    entrypoint !== undefined &&
    !JSON.stringify(entrypoint.template).includes('{{=') &&
    templateFault(entrypoint.template) === undefined &&
    bundle.spec.workflowMetadata?.labelsFrom === undefined;
  if (isSafe && needsNothing && bundle.spec.parallelism !== 0) {
    return lowerCall({
      lowering,
      path: [rootName(bundle)],
      template: bundle.entrypoint,
      node: NODE,
      inputs: {},
      globals: [],
      depth: 0,
      capture: false,
      outcome,
    });
  }
  if (
    entrypoint !== undefined &&
    isPlainLeaf(lowering, entrypoint) &&
    bundle.spec.parallelism === undefined
  ) {
    return lowerStart({
      lowering,
      path: [rootName(bundle)],
      origin,
      node: NODE,
      outcome,
      globals: [],
      capture: false,
      isDaemon: entrypoint.template.daemon === true,
      isConditional: false,
      ask: {
        op: 'enter',
        machine: bundle.id,
        template: bundle.entrypoint,
        node: NODE,
        scope: { run: RUN, inputs: {}, outcomes: {}, globals: [] },
      },
    });
  }
  const entered = 'entered';
  const call = variable(entered);
  return [
    invoke(lowering, {
      name: 'entrypoint arguments',
      origin,
      handler: 'evaluate',
      payload: {
        op: 'enter',
        machine: bundle.id,
        template: bundle.entrypoint,
        node: NODE,
        scope: { run: RUN, inputs: {}, outcomes: {}, globals: [] },
      },
      assign: { [entered]: ANSWER },
    }),
    {
      kind: 'choice',
      name: 'entrypoint ready',
      origin,
      rules: [
        {
          condition: expression(`$${entered}.kind = "done"`),
          assign: { [outcome]: member(call, 'outcome') },
        },
      ],
      otherwise: {
        steps: lowerCall({
          lowering,
          path: [rootName(bundle)],
          template: bundle.entrypoint,
          call,
          node: NODE,
          inputs: member(call, 'inputs'),
          globals: [],
          depth: 0,
          capture: false,
          outcome,
        }),
      },
    },
  ];
}

function rootName(bundle: Bundle): string {
  return bundle.templates[bundle.entrypoint]?.name || 'main';
}

function lowerExit(lowering: Lowering, outcome: string): readonly Step[] {
  const { bundle } = lowering;
  const onExit = bundle.onExit ?? '';
  const origin = { template: onExit };
  const node = concat(NODE, '.onExit');
  const call = variable('exit_call');
  const exit = member(variable('exit_call'), 'exit');
  const globals = lowering.hasGlobals ? [exportedBy(outcome)] : [];
  return [
    invoke(lowering, {
      name: 'onExit arguments',
      origin,
      handler: 'evaluate',
      payload: {
        op: 'enter',
        machine: bundle.id,
        template: onExit,
        node,
        hook: 'exit',
        outcome: variable(outcome),
        execution: expression('$states.context.Execution.Id'),
        now: ENTERED,
        scope: { run: RUN, inputs: {}, outcomes: {}, globals },
      },
      assign: { exit_call: ANSWER, exit_outcome: {} },
    }),
    {
      kind: 'choice',
      name: 'onExit ready',
      origin,
      rules: [
        {
          condition: expression('$exit_call.kind = "done"'),
          assign: { exit_outcome: member(call, 'outcome') },
        },
        // A run that was terminated has no exit handler.
        { condition: expression('$exit_call.kind = "none"') },
      ],
      otherwise: {
        steps: lowerCall({
          lowering,
          path: ['onExit'],
          template: onExit,
          call,
          node,
          inputs: member(call, 'inputs'),
          globals,
          exit,
          depth: 0,
          capture: false,
          outcome: 'exit_outcome',
        }),
      },
    },
  ];
}

/**
 * Ends the execution as the run ended: a failing exit handler spoils a good run and changes nothing on a bad one, unless
 * it could not be executed (operator.go operate).
 */
function verdict(lowering: Lowering, outcome: string, exit: string | undefined): readonly Step[] {
  const origin = { template: lowering.bundle.entrypoint };
  const ending = (name: string, held: string, when: Test) => ({
    condition: condition(when),
    steps: [
      {
        kind: 'fail' as const,
        name,
        origin,
        error: expression(`"Argo." & $${held}.phase`),
        cause: causeOf(held),
      },
    ],
  });
  const main = ending('run failed', outcome, failed(outcome));
  const rules =
    exit === undefined
      ? [main]
      : [
          ending(
            'onExit erred',
            exit,
            all([phaseIn(exit, ['Error']), erred({ outcome: exit, isLoop: false })]),
          ),
          main,
          ending('onExit failed', exit, failed(exit)),
        ];
  return [
    { kind: 'choice', name: 'verdict', origin, rules, otherwise: {} },
    { kind: 'pass', name: 'succeeded', origin, output: variable(outcome) },
  ];
}

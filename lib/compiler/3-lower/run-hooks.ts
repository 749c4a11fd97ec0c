/** Lowers the run's own lifecycle hooks: asked when the run begins, and again when the entrypoint has ended. */
import type { LifecycleHook } from '../../argo/policy.ts';
import { ANSWER, exportedBy, invoke, type Lowering, RUN } from './body.ts';
import { lowerCall } from './call.ts';
import { stateName, variableName } from './names.ts';
import type { Assignments, Step } from './plan.ts';
import { concat, expression, member, type Value, variable } from './value.ts';

const NODE = expression('$states.context.Execution.Input.node');
const FIRED = 'hooks_fired';

/** The hooks that need an expression; `exit` is the exit handler. */
function namedHooks(lowering: Lowering): readonly (readonly [string, LifecycleHook])[] {
  return Object.entries(lowering.bundle.spec.hooks ?? {}).filter(([name]) => name !== 'exit');
}

/** A branch for each hook, beside the entrypoint: it fires if its expression holds while the run is Running. */
export function hooksOnRunning(lowering: Lowering): readonly (readonly Step[])[] {
  return namedHooks(lowering).map(([name]) => {
    const path = [`hooks.${name}`, 'running'];
    return [
      ...lowerHook(lowering, name, path, []),
      {
        kind: 'pass' as const,
        name: stateName(path, 'fired'),
        origin: { template: lowering.bundle.entrypoint },
        output: expression(`$${variableName('hook', path)}.kind = "call"`),
      },
    ];
  });
}

/** What the branches of the hooks answered. */
export function firedHooks(lowering: Lowering): Assignments {
  const names = namedHooks(lowering);
  if (names.length === 0) return {};
  return { [FIRED]: names.map((_, at) => expression(`$states.result[${at + 1}]`)) };
}

/** Hooks that had not fired are asked once more with the run's final phase. */
export function hooksAtEnd(lowering: Lowering, outcome: string): readonly Step[] {
  const globals = lowering.hasGlobals ? [exportedBy(outcome)] : [];
  return namedHooks(lowering).map(([name], at) => ({
    kind: 'choice',
    name: stateName([`hooks.${name}`], 'fired?'),
    origin: { template: lowering.bundle.entrypoint },
    rules: [{ condition: expression(`$exists($${FIRED}) and $${FIRED}[${at}]`) }],
    otherwise: { steps: lowerHook(lowering, name, [`hooks.${name}`], globals, outcome) },
  }));
}

function lowerHook(
  lowering: Lowering,
  name: string,
  path: readonly string[],
  globals: readonly Value[],
  outcome?: string,
): readonly Step[] {
  const { bundle } = lowering;
  const template = bundle.hooks[name];
  const origin = { template: template ?? bundle.entrypoint };
  const answer = variableName('hook', path);
  const node = concat(NODE, `.hooks.${name}`);
  return [
    invoke(lowering, {
      name: stateName(path, 'arguments'),
      origin,
      handler: 'evaluate',
      payload: {
        op: 'enter',
        machine: bundle.id,
        template: template ?? '',
        node,
        hook: name,
        status: outcome === undefined ? 'Running' : expression(`$${outcome}.phase`),
        outcome: outcome === undefined ? undefined : variable(outcome),
        scope: { run: RUN, inputs: {}, outcomes: {}, globals: [...globals] },
      },
      assign: { [answer]: ANSWER },
    }),
    {
      kind: 'choice',
      name: stateName(path, 'fires?'),
      origin,
      rules: [
        {
          condition: expression(`$${answer}.kind = "call"`),
          steps: lowerCall({
            lowering,
            path,
            template,
            call: variable(answer),
            node,
            inputs: member(variable(answer), 'inputs'),
            globals,
            depth: 0,
            capture: false,
            outcome: variableName('hooked', path),
          }),
        },
      ],
      otherwise: {},
    },
  ];
}

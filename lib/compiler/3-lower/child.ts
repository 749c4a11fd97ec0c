/** Lowers a call of an outlined template: a child execution of the same machine, aimed at that template. */
import { RUN } from './body.ts';
import type { CallSite } from './call.ts';
import { machineArn } from './machines.ts';
import { stateName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, isExpressionValue, member, type Value } from './value.ts';

export const START_EXECUTION = 'arn:aws:states:::states:startExecution.sync:2';

export function lowerChild(site: CallSite & { readonly throws?: boolean }): readonly Step[] {
  const target: Value = site.template ?? (isExpressionValue(site.call) ? member(site.call, 'template') : '');
  const origin = {
    template: site.template ?? '',
    ...(site.member === undefined ? {} : { member: site.member }),
  };
  return [
    {
      kind: 'task',
      name: stateName(site.path),
      origin,
      resource: START_EXECUTION,
      arguments: {
        StateMachineArn: machineArn(site.lowering, target),
        Input: {
          AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: expression('$states.context.Execution.Id'),
          workflow: RUN,
          target,
          node: site.node,
          inputs: site.inputs,
          globals: site.globals.length === 0 ? [] : [...site.globals],
          exit: site.exit ?? null,
          capture: site.capture,
          depth: site.depth,
        },
      },
      assign: { [site.outcome]: expression('$states.result.Output') },
      catch: catchInto(site.outcome, site.node),
    },
  ];
}

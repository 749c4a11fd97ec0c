/** Lowers a call of an outlined template: a child execution of the same machine, aimed at that template. */
import type { CallSite } from './call.ts';
import { stateName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { startsExecution } from './start-execution.ts';
import { expression, isExpressionValue, member, type Value } from './value.ts';

export function lowerChild(site: CallSite & { readonly throws?: boolean }): readonly Step[] {
  const target: Value = site.template ?? (isExpressionValue(site.call) ? member(site.call, 'template') : '');
  const origin = {
    template: site.template ?? '',
    ...(site.member === undefined ? {} : { member: site.member }),
  };
  const input = {
    node: site.node,
    inputs: site.inputs,
    globals: site.globals.length === 0 ? [] : [...site.globals],
    exit: site.exit ?? null,
    capture: site.capture,
    depth: site.depth,
  };
  return [
    {
      kind: 'task',
      name: stateName(site.path),
      origin,
      ...startsExecution(site.lowering, target, input, site.node),
      assign: { [site.outcome]: expression('$states.result.Output') },
      catch: catchInto(site.outcome, site.node),
    },
  ];
}

/** Lowers a suspend template: a token that `resume` answers; a duration is the time until it answers itself. */
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { ANSWER, INVOKE_AND_WAIT, invoke } from './body.ts';
import { heldWhenSuspended } from './held.ts';
import { type LeafSite, stageRequest } from './leaf.ts';
import { stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, member, variable } from './value.ts';

/** AWS's longest timeout, which is its default. */
const FOREVER = 99_999_999;

export function lowerSuspend(site: LeafSite, template: BundleTemplate): readonly Step[] {
  const staged = variableName('task', site.path);
  const origin = { template: template.id, ...(site.member === undefined ? {} : { member: site.member }) };
  const task = variable(staged);
  const end = `${stateName(site.path)} done`;
  const caught = (goto?: string) => (site.throws ? [] : catchInto(site.outcome, site.node, goto));
  const held = heldWhenSuspended(site.lowering, stateName(site.path, 'held'), origin);
  const stage = invoke(site.lowering, {
    name: stateName(site.path, 'stage'),
    origin,
    handler: 'stage',
    payload: stageRequest(site, template),
    assign: { [staged]: ANSWER },
    output: expression('$states.input'),
  });
  return [
    { ...stage, catch: [held, ...caught(end)] },
    {
      ...invoke(site.lowering, {
        name: stateName(site.path),
        origin,
        handler: 'suspend',
        resource: INVOKE_AND_WAIT,
        payload: {
          op: 'suspend',
          run: member(expression('$states.context.Execution.Input.workflow'), 'name'),
          node: site.node,
          template: template.id,
          token: expression('$states.context.Task.Token'),
          task,
        },
        assign: { [site.outcome]: expression('$states.result') },
        timeoutSeconds: expression(`$exists($${staged}.seconds) ? $${staged}.seconds : ${FOREVER}`),
      }),
      catch: [
        { errors: ['States.Timeout'], assign: { [site.outcome]: member(task, 'expired') } },
        ...caught(),
      ],
    },
    { kind: 'label', label: end },
  ];
}

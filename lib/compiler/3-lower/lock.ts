/** Lowers `synchronization`: all locks are taken before, and given back on every way out of, a single-branch Parallel. */
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { ENTERED, INVOKE_AND_WAIT, invoke, RUN } from './body.ts';
import type { CallSite } from './call.ts';
import { stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, variable } from './value.ts';

export function lowerLocked(
  site: CallSite,
  template: BundleTemplate,
  inner: (site: CallSite) => readonly Step[],
): readonly Step[] {
  const origin = { template: template.id, ...(site.member === undefined ? {} : { member: site.member }) };
  const held = variableName('held', site.path);
  const done = `${stateName(site.path)} unlocked`;
  const request = {
    machine: site.lowering.bundle.id,
    template: template.id,
    node: site.node,
    inputs: site.inputs,
    run: RUN,
    globals: site.lowering.hasGlobals ? [...site.globals] : [],
    now: ENTERED,
  };
  return [
    {
      ...invoke(site.lowering, {
        name: stateName(site.path, 'acquire locks'),
        origin,
        handler: 'lock',
        resource: INVOKE_AND_WAIT,
        payload: { op: 'acquire', ...request, token: expression('$states.context.Task.Token') },
        assign: {},
      }),
      output: expression('$states.input'),
      catch: catchInto(site.outcome, site.node, done),
    },
    {
      kind: 'parallel',
      name: stateName(site.path, 'locked'),
      origin,
      arguments: expression('$states.input'),
      branches: [
        [
          ...inner({ ...site, outcome: held }),
          { kind: 'pass', name: stateName(site.path, 'ended'), origin, output: variable(held) },
        ],
      ],
      assign: { [site.outcome]: expression('$states.result[0]') },
      catch: catchInto(site.outcome, site.node),
    },
    invoke(site.lowering, {
      name: stateName(site.path, 'release locks'),
      origin,
      handler: 'lock',
      payload: { op: 'release', ...request },
      assign: {},
    }),
    { kind: 'label', label: done },
  ];
}


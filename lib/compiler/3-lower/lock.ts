/** Lowers `synchronization`: all locks are taken before, and given back on every way out of, a single-branch Parallel. */
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { parseDuration } from '../../evaluate/leaf/duration.ts';
import { ENTERED, INVOKE_AND_WAIT, invoke } from './body.ts';
import { type CallSite, nodeRequest } from './call.ts';
import { heldWhenSuspended } from './held.ts';
import { stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, type Value, variable } from './value.ts';

/** Seconds that the node may wait: its `timeout` and `pendingTimeout` count while it does. */
function waitingLimit({ template }: BundleTemplate): number | undefined {
  const limits = [template.timeout, template.pendingTimeout].flatMap((text) => {
    if (!text || text.includes('{{')) return [];
    const length = parseDuration(text);
    return length.ok ? [Math.max(1, Math.ceil(length.value / 1000))] : [];
  });
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** Argo's words (operator.go checkTemplateTimeouts). */
function timedOut(site: CallSite): Value {
  return { node: site.node, phase: 'Failed', message: 'timeout', notStarted: true };
}

export function lowerLocked(
  site: CallSite,
  template: BundleTemplate,
  inner: (site: CallSite) => readonly Step[],
): readonly Step[] {
  const origin = { template: template.id, ...(site.member === undefined ? {} : { member: site.member }) };
  const held = variableName('held', site.path);
  const done = `${stateName(site.path)} unlocked`;
  const since = variableName('since', site.path);
  const release = `${stateName(site.path)} release`;
  const limit = waitingLimit(template);
  const request = nodeRequest(site, template);
  return [
    {
      ...invoke(site.lowering, {
        name: stateName(site.path, 'acquire locks'),
        origin,
        handler: 'lock',
        resource: INVOKE_AND_WAIT,
        payload: { op: 'acquire', ...request, token: expression('$states.context.Task.Token') },
        assign: { [since]: ENTERED },
        ...(limit === undefined ? {} : { timeoutSeconds: limit }),
      }),
      output: expression('$states.input'),
      catch: [
        heldWhenSuspended(site.lowering, stateName(site.path, 'locks held'), origin),
        {
          errors: ['States.Timeout'],
          assign: { [site.outcome]: timedOut(site) },
          goto: release,
        },
        ...catchInto(site.outcome, site.node, done),
      ],
    },
    {
      kind: 'parallel',
      name: stateName(site.path, 'locked'),
      origin,
      arguments: expression('$states.input'),
      branches: [
        [
          ...inner({ ...site, outcome: held, startedAt: variable(since) }),
          { kind: 'pass', name: stateName(site.path, 'ended'), origin, output: variable(held) },
        ],
      ],
      assign: { [site.outcome]: expression('$states.result[0]', { branch: [0] }) },
      catch: catchInto(site.outcome, site.node),
    },
    { kind: 'label', label: release },
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

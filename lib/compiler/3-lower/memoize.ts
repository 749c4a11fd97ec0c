/** Lowers `memoize`: a hit answers in place of the call, a success is saved. */
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { ANSWER, invoke } from './body.ts';
import { type CallSite, nodeRequest } from './call.ts';
import { stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, member, variable } from './value.ts';

export function lowerMemoized(
  site: CallSite,
  template: BundleTemplate,
  inner: (site: CallSite) => readonly Step[],
): readonly Step[] {
  const origin = { template: template.id, ...(site.member === undefined ? {} : { member: site.member }) };
  const memo = variableName('memo', site.path);
  const done = `${stateName(site.path)} memoized`;
  const request = nodeRequest(site, template);
  return [
    {
      ...invoke(site.lowering, {
        name: stateName(site.path, 'memoized'),
        origin,
        handler: 'memo',
        payload: { op: 'load', ...request },
        assign: { [memo]: ANSWER },
        output: expression('$states.input'),
      }),
      catch: catchInto(site.outcome, site.node, done),
    },
    {
      kind: 'choice',
      name: stateName(site.path, 'hit?'),
      origin,
      rules: [
        {
          condition: expression(`$exists($${memo}.outcome)`),
          assign: { [site.outcome]: member(variable(memo), 'outcome') },
          goto: done,
        },
      ],
      otherwise: {},
    },
    ...inner(site),
    {
      ...invoke(site.lowering, {
        name: stateName(site.path, 'memo'),
        origin,
        handler: 'memo',
        payload: { op: 'save', ...request, memo: variable(memo), outcome: variable(site.outcome) },
        assign: { [site.outcome]: ANSWER },
      }),
    },
    { kind: 'label', label: done },
  ];
}

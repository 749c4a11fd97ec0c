/** What an execution may be aimed at, so that it runs but this and answers with its outcome. */
import { batchedLoops, batchTarget, lowerBatchTarget } from './batch.ts';
import type { Lowering } from './body.ts';
import { type CallSite, lowerTemplate } from './call.ts';
import { INPUT } from './child-body.ts';
import { lowerPartTarget, partTarget } from './dag-parts.ts';
import type { Division } from './division.ts';
import type { Origin, Step } from './plan.ts';
import { expression, member, optional, variable } from './value.ts';

/** Stands at the end of a machine. */
export const END = 'end of machine';

const NODE = member(INPUT, 'node');

export interface Target {
  readonly target: string;
  readonly steps: () => readonly Step[];
}

/** All that an execution may be aimed at: templates, loops of many items, and parts of DAGs. */
export function targetsOf(lowering: Lowering, { outlined, dags }: Division): readonly Target[] {
  const { bundle, options } = lowering;
  const templates = new Set([...outlined, ...(options.targets ?? [])]);
  const loops = Object.values(bundle.templates).flatMap((template) =>
    batchedLoops(bundle, template).map((loop): Target => {
      const target = batchTarget(template.id, loop.name ?? '');
      const steps = () => lowerBatchTarget(lowering, template, loop, TARGET_OUTCOME);
      return { target, steps: () => answering({ template: template.id }, target, steps()) };
    }),
  );
  const divided = [...dags].flatMap(([id, dag]) => {
    const template = bundle.templates[id];
    if (template === undefined) return [];
    return dag.parts.map((_, at): Target => {
      const target = partTarget(id, at);
      const steps = () => lowerPartTarget(lowering, template, dag, at, TARGET_OUTCOME);
      return { target, steps: () => answering({ template: id }, target, steps()) };
    });
  });
  return [
    ...[...templates].map((id): Target => ({ target: id, steps: () => lowerTarget(lowering, id) })),
    ...loops,
    ...divided,
  ];
}

const TARGET_OUTCOME = 'target_outcome';

/** The steps of a target, which then answers with its outcome. */
function answering(origin: Origin, target: string, steps: readonly Step[]): readonly Step[] {
  return [
    ...steps,
    { kind: 'pass', name: `${target} answer`, origin, output: variable(TARGET_OUTCOME) },
    { kind: 'goto', label: END },
  ];
}

function lowerTarget(lowering: Lowering, id: string): readonly Step[] {
  const template = lowering.bundle.templates[id];
  if (template === undefined) return [];
  const site: CallSite = {
    lowering,
    path: [id],
    template: id,
    call: INPUT,
    node: NODE,
    inputs: member(INPUT, 'inputs'),
    globals: lowering.hasGlobals ? [member(INPUT, 'globals')] : [],
    exit: optional(member(INPUT, 'exit')),
    depth: member(INPUT, 'depth'),
    capture: member(INPUT, 'capture'),
    outcome: TARGET_OUTCOME,
    member: id,
  };
  const origin = { template: id };
  return answering(origin, id, [
    {
      kind: 'choice',
      name: `${id} depth`,
      origin,
      rules: [
        {
          condition: expression(`$states.input.depth >= ${MAX_DEPTH}`),
          assign: {
            [TARGET_OUTCOME]: {
              node: NODE,
              phase: 'Error',
              message: MAX_DEPTH_MESSAGE,
            },
          },
        },
      ],
      otherwise: { steps: lowerTemplate(site, template) },
    },
  ]);
}

/** Argo's limit and words (workflow/controller/operator.go ErrMaxDepthExceeded). */
const MAX_DEPTH = 100;
const MAX_DEPTH_MESSAGE =
  'Maximum recursion depth exceeded. See https://argo-workflows.readthedocs.io/en/latest/scaling/#maximum-recursion-depth';

/** Lowers what holds back a whole run: `spec.suspend`, and the locks of `spec.synchronization`. */
import { ENTERED, INVOKE_AND_WAIT, invoke, type Lowering, RUN } from './body.ts';
import { holdRun } from './held.ts';
import { catchInto } from './outcome.ts';
import type { Step } from './plan.ts';
import { expression, type Value } from './value.ts';

const TOKEN = expression('$states.context.Task.Token');
const INPUT = expression('$states.input');

/** A run that is created suspended waits, before anything of it starts, until somebody resumes it. */
export function lowerSuspendedRun(lowering: Lowering): readonly Step[] {
  if (lowering.bundle.spec.suspend !== true) return [];
  return [holdRun(lowering, 'suspended run', { template: lowering.bundle.entrypoint })];
}

/** Held from before the first step until after the exit handler (docs/synchronization.md). */
export function lowerRunLocks(
  lowering: Lowering,
  node: Value,
  outcome: string,
  steps: readonly Step[],
): readonly Step[] {
  const { bundle } = lowering;
  if (bundle.spec.synchronization === undefined) return steps;
  const origin = { template: bundle.entrypoint };
  const done = 'run unlocked';
  const request = { level: 'run', machine: bundle.id, node, run: RUN, globals: [], now: ENTERED };
  return [
    {
      ...invoke(lowering, {
        name: 'acquire locks of the run',
        origin,
        handler: 'lock',
        resource: INVOKE_AND_WAIT,
        payload: { op: 'acquire', ...request, token: TOKEN },
        output: INPUT,
      }),
      catch: catchInto(outcome, node, done),
    },
    ...steps,
    invoke(lowering, {
      name: 'release locks of the run',
      origin,
      handler: 'lock',
      payload: { op: 'release', ...request },
      output: INPUT,
    }),
    { kind: 'label', label: done },
  ];
}

/** Holds a leaf of a suspended run: its function refuses to make it ready, and it is tried again once the run is resumed. */
import { SUSPENDED } from '../../protocol/outcome.ts';
import { INVOKE_AND_WAIT, invoke, type Lowering, RUN } from './body.ts';
import type { CatchClause, Origin, TaskStep } from './plan.ts';
import { expression } from './value.ts';

const INPUT = expression('$states.input');

/** Waits until somebody resumes the run; at once where it is not suspended. */
export function holdRun(lowering: Lowering, name: string, origin: Origin): TaskStep {
  const token = expression('$states.context.Task.Token');
  return invoke(lowering, {
    name,
    origin,
    handler: 'suspend',
    resource: INVOKE_AND_WAIT,
    payload: { op: 'hold', run: RUN, token },
    output: INPUT,
  });
}

/** Comes before whatever else a leaf's function is caught with. */
export function heldWhenSuspended(lowering: Lowering, name: string, origin: Origin): CatchClause {
  return { errors: [SUSPENDED], output: INPUT, again: [holdRun(lowering, name, origin)] };
}

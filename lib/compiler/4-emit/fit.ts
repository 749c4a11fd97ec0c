/** Emits a run as one state machine, or as several where it is too large for a definition. */
import { isLeaf } from '../../argo/template.ts';
import type { StateMachine } from '../../asl/state-machine.ts';
import type { Bundle, BundleTemplate } from '../../evaluate/bundle.ts';
import type { LowerOptions } from '../3-lower/body.ts';
import { type Division, undivided } from '../3-lower/division.ts';
import { lowerApart, lowerWorkflow } from '../3-lower/workflow.ts';
import { divide, type Sizes } from './divide.ts';
import { type Describe, type Emitted, emit } from './emit.ts';

export interface Fitted extends Emitted {
  /** Machines that hold what child executions run, by what their names end with after that of the first. */
  readonly parts: Readonly<Record<string, StateMachine>>;
}

/** Of 1,048,576 characters (SFN-DG/service-quotas) some are left for ARNs that are put in when a machine is made. */
const MOST_CHARACTERS = 1_000_000;

/** Networks, and readings of ends without an answer, which a task's state gets in an account (lib/aws/bind-machine.ts). */
const BOUND_CHARACTERS = 1_000;
const RUNS_TASK = /"Resource":"arn:aws:states:::(ecs:runTask|eks:runJob)/g;

/** What a target is estimated to take is not what it takes. */
const FILLS = [0.85, 0.6, 0.4];

export function emitFitted(bundle: Bundle, options: LowerOptions, describe: Describe): Fitted {
  const most = options.definitionSize ?? MOST_CHARACTERS;
  const whole = emit(lowerWorkflow(bundle, options), describe);
  if (charactersOf(whole.machine) <= most) return { ...whole, parts: {} };
  const sizes = sizesOf(bundle, options, whole, describe);
  for (const fill of FILLS) {
    const division = divide(bundle, sizes, most * fill, options.targets ?? []);
    const fitted = division && emitDivided(bundle, options, division, describe);
    if (fitted === undefined) break;
    const all = [fitted.machine, ...Object.values(fitted.parts)];
    if (all.every((one) => charactersOf(one) <= most)) return fitted;
  }
  // Whoever makes the machine says that it is too large.
  return { ...whole, parts: {} };
}

/** As large as the definition may become. */
function charactersOf(machine: StateMachine): number {
  const text = JSON.stringify(machine);
  return text.length + BOUND_CHARACTERS * [...text.matchAll(RUNS_TASK)].length;
}

/** What each template takes without the steps and dag templates that it calls. */
function sizesOf(bundle: Bundle, options: LowerOptions, whole: Emitted, describe: Describe): Sizes {
  const { outlined } = undivided(bundle);
  const callable = Object.values(bundle.templates)
    .filter(canBeOutlined)
    .map(({ id }) => id);
  const apart = callable.filter((id) => id !== bundle.entrypoint);
  if (apart.length + outlined.size === 0)
    return { callable: new Set(callable), own: new Map([['', charactersOf(whole.machine)]]) };
  const division = { ...undivided(bundle), outlined: new Set([...outlined, ...apart]) };
  const own = lowerApart(bundle, options, division).map(
    ([target, plan]) => [target, charactersOf(emit(plan, describe).machine)] as const,
  );
  return { callable: new Set(callable), own: new Map(own) };
}

/** An inline template is text of its caller, and goes with it. */
function canBeOutlined({ name, template }: BundleTemplate): boolean {
  return name !== '' && !isLeaf(template);
}

function emitDivided(bundle: Bundle, options: LowerOptions, division: Division, describe: Describe): Fitted {
  const first = emit(lowerWorkflow(bundle, options, division), describe);
  const suffixes = [...new Set(division.holding.values())];
  const others = suffixes.map((suffix) => emit(lowerWorkflow(bundle, options, division, suffix), describe));
  return {
    machine: first.machine,
    origins: Object.assign({}, first.origins, ...others.map(({ origins }) => origins)),
    taskDefinitions: Object.assign(
      {},
      first.taskDefinitions,
      ...others.map(({ taskDefinitions }) => taskDefinitions),
    ),
    parts: Object.fromEntries(others.map(({ machine }, at) => [suffixes[at] ?? '', machine])),
  };
}

/** Suspend templates: how long they wait, what a person may choose, and what comes out when they go on. */
import type { Parameter } from '../../argo/parameter.ts';
import type { Template } from '../../argo/template.ts';
import { goJsonDecode } from '../../expression/go/json-decode.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { Bundle } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
import { parseSecondsOrDuration } from './duration.ts';
import { errorOutcome } from './leaf-outcome.ts';
import { attempt, failure, type Result, success } from './result.ts';
import { type Done, deadlineOutcome, startLeaf } from './start-leaf.ts';

/** An output that whoever resumes the node may give. */
export interface SuppliedOutput {
  readonly name: string;
  readonly default?: string;
}

export interface Choice {
  readonly name: string;
  readonly enum: readonly string[];
  readonly default?: string;
}

export interface Suspended {
  readonly kind: 'wait';
  readonly node: string;
  readonly startedAt: string;
  /** Whole seconds until it ends by itself; absent: it waits until it is resumed. */
  readonly seconds?: number;
  /** The outcome when those seconds are over. */
  readonly expired?: Outcome;
  readonly supplied: readonly SuppliedOutput[];
  /** Inputs that offer a choice to the person who resumes. */
  readonly choices: readonly Choice[];
  /** What `argosy node set` gave while it waited. */
  readonly given?: Readonly<Record<string, string>>;
  readonly message?: string;
}

/** `workflow/controller/operator.go` executeSuspend. Done is only what cannot wait, which has failed. */
export function renderSuspend(bundle: Bundle, request: StageRequest): Suspended | Done {
  const started = startLeaf(bundle, request);
  if (started.kind === 'done') return started;
  const { template, deadline } = started;
  const now = Date.parse(request.now);
  const length = template.suspend?.duration ? parseSecondsOrDuration(template.suspend.duration) : undefined;
  if (length && !length.ok) return { kind: 'done', outcome: errorOutcome(request, length.error) };
  const startedAt = request.startedAt ?? request.now;
  const waiting = {
    kind: 'wait',
    node: request.node,
    startedAt,
    supplied: suppliedOutputs(template),
    choices: choicesOf(template, request),
  } as const;
  const end = length && now + length.value;
  if (end !== undefined && (deadline === undefined || end <= deadline))
    return { ...waiting, seconds: secondsUntil(end, now), expired: resumed(waiting, {}, timeText(end)) };
  if (deadline === undefined) return waiting;
  return { ...waiting, seconds: secondsUntil(deadline, now), expired: deadlineOutcome(request, deadline) };
}

/** A state of Step Functions cannot wait for less than a second. */
function secondsUntil(end: number, now: number): number {
  return Math.max(1, Math.ceil((end - now) / 1000));
}

function timeText(time: number): string {
  return new Date(time).toISOString();
}

/** An output without a default takes that of the input of its name (`operator.go` addRawOutputFields). */
function suppliedOutputs(template: Template): readonly SuppliedOutput[] {
  return (template.outputs?.parameters ?? []).flatMap((output) => {
    if (!output.valueFrom?.supplied) return [];
    const input = template.inputs?.parameters?.find((each) => each.name === output.name);
    const fallback = output.valueFrom.default ?? input?.default;
    return [
      {
        name: output.name,
        ...(fallback !== undefined && { default: fallback }),
      },
    ];
  });
}

/** `operator.go` resolveInputFieldsForSuspendNode: a choice is declared, or comes as JSON in the value. */
function choicesOf(template: Template, request: StageRequest): readonly Choice[] {
  return (template.inputs?.parameters ?? []).flatMap((parameter) => {
    const offered = offeredBy(request.inputs.parameters?.[parameter.name] ?? '') ?? parameter.enum ?? [];
    return offered.length === 0 ? [] : [choice(parameter, offered)];
  });
}

function choice(parameter: Parameter, offered: readonly string[]): Choice {
  const fallback = parameter.default ?? offered[0];
  return { name: parameter.name, enum: offered, ...(fallback !== undefined && { default: fallback }) };
}

function offeredBy(text: string): readonly string[] | undefined {
  const value = attempt(() => goJsonDecode(text));
  if (!value.ok || typeof value.value !== 'object' || value.value?.kind !== 'map') return undefined;
  const list = value.value.entries?.get('enum');
  if (typeof list !== 'object' || list?.kind !== 'list') return undefined;
  return list.items?.map(String);
}

/** The values of supplied outputs when the node goes on: those given, else their defaults. */
export function suspendOutputs(
  supplied: readonly SuppliedOutput[],
  given: Readonly<Record<string, string>>,
): Result<Readonly<Record<string, string>>> {
  const values: Record<string, string> = {};
  for (const output of supplied) {
    const value = given[output.name] ?? output.default;
    if (value === undefined)
      return failure(
        `raw output parameter '${output.name}' has not been set and does not have a default value`,
      );
    values[output.name] = value;
  }
  return success(values);
}

/** The outcome of a suspend node that goes on, by itself or because somebody resumed it. */
export function resumed(
  waiting: Pick<Suspended, 'node' | 'startedAt' | 'supplied' | 'given' | 'message'>,
  given: Readonly<Record<string, string>>,
  now: string,
): Outcome {
  const { node, startedAt, supplied, message } = waiting;
  const values = suspendOutputs(supplied, { ...waiting.given, ...given });
  if (!values.ok) return errorOutcome({ node, startedAt, now }, values.error);
  return {
    node,
    phase: 'Succeeded',
    ...(message && { message }),
    startedAt,
    finishedAt: now,
    ...(supplied.length > 0 && { outputs: { parameters: values.value } }),
  };
}

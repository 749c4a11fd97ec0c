/** Reads an execution's history once, in order, and collects what it says about nodes. */
import type { HistoryEvent } from '../asl/history-event.ts';
import { erroneousOutcome, isArgoError, keptOutcome, outcomeOf, toldIn } from '../evaluate/told-outcome.ts';
import { GROUP_ERROR, type GroupFault, type Outcome, SUSPENDED } from '../protocol/outcome.ts';
import { orderedJob } from '../protocol/run-job.ts';
import type { RunTaskArguments } from '../protocol/run-task.ts';
import { type OrderedTask, orderedTask } from '../protocol/task-order.ts';
import type { Fact } from './node.ts';

export type Facts = Map<string, Fact>;

export interface FactSources {
  /** Histories of child executions, by ARN. */
  readonly childHistory: (executionArn: string) => readonly HistoryEvent[] | undefined;
}

interface Bag {
  readonly [key: string]: unknown;
}

/** What a Task asked for, found again when its answer comes. */
interface Request {
  readonly payload: Bag;
  readonly task?: OrderedTask;
  readonly childInput?: Bag;
  /** It stops a daemon, whose own end only counts if it came before. */
  readonly stops?: true;
}

export function readFacts(
  events: readonly HistoryEvent[],
  sources: FactSources,
  facts: Facts = new Map(),
): Facts {
  const requests = new Map<number, Request>();
  for (const event of events) {
    const earlier = requests.get(event.previousEventId);
    const scheduled = event.taskScheduledEventDetails;
    if (scheduled) {
      const request = requestOf(parse(scheduled.parameters));
      requests.set(event.id, request);
      noteRequest(facts, request, event.timestamp);
    } else if (earlier !== undefined && event.stateExitedEventDetails === undefined) {
      requests.set(event.id, earlier);
      noteAnswer(facts, earlier, event, sources);
    }
    const { assignedVariables: assigned, output } = endOf(event);
    if (output?.includes('"phase"')) noteOutput(facts, parse(output), event.timestamp.toISOString());
    if (assigned)
      for (const text of Object.values(assigned)) noteVariable(facts, parse(text), event.timestamp);
  }
  return facts;
}

interface StateEnd {
  readonly output?: string;
  readonly assignedVariables?: Readonly<Record<string, string>>;
}

/** How a state, or the execution, ended. */
function endOf(event: HistoryEvent): StateEnd {
  return event.stateExitedEventDetails ?? event.executionSucceededEventDetails ?? {};
}

/** A state's output may be what came in, so it tells only of nodes of which nothing is known yet. */
function noteOutput(facts: Facts, output: unknown, at: string): void {
  for (const one of Array.isArray(output) ? output.flat() : [output]) {
    const node = isBag(one) ? text(one['node']) : undefined;
    if (node !== undefined && facts.get(node)?.outcome === undefined) noteOutcome(facts, one, at);
  }
}

function parse(text: string | undefined): unknown {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isBag(value: unknown): value is Bag {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function requestOf(parameters: unknown): Request {
  if (!isBag(parameters)) return { payload: {} };
  const payload = isBag(parameters['Payload']) ? parameters['Payload'] : {};
  const overrides = parameters['Overrides'];
  const task =
    isBag(overrides) && Array.isArray(overrides['ContainerOverrides'])
      ? orderedTask(parameters as unknown as RunTaskArguments)
      : orderedJob(parameters);
  const input = isBag(parameters['Input']) ? parameters['Input'] : undefined;
  return {
    payload,
    ...(task === undefined ? {} : { task }),
    ...(input === undefined ? {} : { childInput: input }),
    ...('Task' in parameters ? { stops: true as const } : {}),
  };
}

export function factOf(facts: Facts, name: string): Fact {
  const known = facts.get(name);
  if (known) return known;
  const fact: Fact = { name };
  facts.set(name, fact);
  return fact;
}

function noteRequest(facts: Facts, request: Request, at: Date): void {
  const { payload, task } = request;
  if (task?.order?.kind === 'template') noteStart(facts, task.node, task.order.request, at.toISOString());
  const node = text(payload['node']);
  if (node === undefined) return;
  if (payload['op'] === 'stage') noteStart(facts, node, payload, at.toISOString());
  // Whoever asks for a lock or for what was memoized has a node, which may never come to its own stage.
  if (payload['op'] === 'load' || payload['op'] === 'acquire') noteCall(facts, node, payload);
}

/** A node that starts, as a request or an assigned variable tells it. */
function noteStart(facts: Facts, node: string, told: Bag, at: string): void {
  const fact = factOf(facts, node);
  fact.template = text(told['template']) ?? fact.template ?? '';
  fact.startedAt ??= text(told['startedAt']) ?? at;
  if (isBag(told['inputs'])) fact.inputs = told['inputs'] as Fact['inputs'] & object;
  if (typeof told['retries'] === 'number') noteAttempt(facts, fact);
}

function noteCall(facts: Facts, node: string, told: Bag): void {
  if (told['level'] === 'run') return;
  const fact = factOf(facts, node);
  const template = text(told['template']);
  if (template !== undefined) fact.template = template;
  if (isBag(told['inputs'])) fact.inputs = told['inputs'] as Fact['inputs'] & object;
}

/** `NODE(0)`: an attempt below the Retry node `NODE`. */
function noteAttempt(facts: Facts, fact: Fact): void {
  fact.attempt = true;
  const parent = factOf(facts, fact.name.replace(/\(\d+\)$/, ''));
  parent.startedAt ??= fact.startedAt ?? '';
  if (fact.template !== undefined) parent.template ??= fact.template;
  if (fact.inputs !== undefined) parent.inputs ??= fact.inputs;
}

function noteAnswer(facts: Facts, request: Request, event: HistoryEvent, sources: FactSources): void {
  const node = request.task?.node ?? text(request.payload['node']) ?? text(request.childInput?.['node']);
  const at = event.timestamp.toISOString();
  const succeeded = event.taskSucceededEventDetails;
  const failed = event.taskFailedEventDetails;
  const timedOut = event.taskTimedOutEventDetails;
  if (request.childInput && event.taskSubmittedEventDetails) {
    const answer = parse(event.taskSubmittedEventDetails.output);
    const arn = isBag(answer) ? text(answer['ExecutionArn']) : undefined;
    const child = arn === undefined ? undefined : sources.childHistory(arn);
    if (child) readFacts(child, sources, facts);
  }
  if (succeeded) noteSuccess(facts, request, parse(succeeded.output), at);
  else if (failed && node !== undefined) noteFailure(facts, request, node, failed, at);
  else if (timedOut && node !== undefined && request.payload['op'] !== 'suspend')
    noteFailure(facts, request, node, { ...timedOut, error: timedOut.error ?? 'States.Timeout' }, at);
}

function noteSuccess(facts: Facts, request: Request, output: unknown, at: string): void {
  if (!isBag(output)) return;
  if (request.childInput) {
    noteOutcome(facts, output['Output'], at);
    return;
  }
  if (request.stops && output['exited'] !== true) return;
  if (request.task !== undefined) {
    // Without an answer of its own it is ECS that tells of the task, or Kubernetes of the Job.
    const { node } = request.task;
    const told = output['phase'] === undefined ? keptOutcome(request.task) : output;
    noteOutcome(facts, { node, phase: 'Succeeded', ...told }, at);
    return;
  }
  const answer = 'Payload' in output ? output['Payload'] : output;
  if (!isBag(answer)) return;
  const boundary = text(request.payload['node']);
  switch (request.payload['op']) {
    case 'group':
      noteGroup(facts, answer, boundary);
      return;
    case 'take batch':
      for (const item of (answer['items'] ?? []) as readonly unknown[]) noteMember(facts, item, boundary);
      return;
    case 'task':
    case 'enter':
      noteMember(facts, answer, request.payload['op'] === 'task' ? boundary : undefined);
      if (request.payload['op'] === 'enter' && request.payload['hook'] !== undefined)
        noteHooked(facts, answer);
      return;
    case 'hook':
      // The hook could not be asked, of which its node tells itself, and its group.
      if (answer['kind'] === 'done' && answer['node'] === request.payload['node']) return;
      noteMember(facts, answer, text(request.payload['boundary']));
      noteHooked(facts, answer);
      return;
    case 'start':
      noteStarted(facts, request, answer, at);
      return;
    default:
      noteOutcome(facts, answer['outcome'] ?? answer, at);
  }
}

/** What a `stage` learnt that evaluated the call as well. */
function noteStarted(facts: Facts, request: Request, answer: Bag, at: string): void {
  const ask = request.payload['ask'];
  const boundary = nodeAsked(request);
  if (isBag(answer['group'])) noteGroup(facts, answer['group'], boundary);
  const op = isBag(ask) ? ask['op'] : undefined;
  noteMember(facts, answer['evaluated'], op === 'enter' ? undefined : boundary);
  const node = text(request.payload['node']);
  if (node === undefined || answer['kind'] === 'done' || answer['kind'] === 'error') return;
  factOf(facts, node).startedAt ??= at;
}

/** The node of the template whose member was to start. */
function nodeAsked({ payload }: Request): string | undefined {
  const ask = payload['ask'];
  return text((isBag(ask) ? ask : payload)['node']);
}

/** What is asked about the node itself; other questions are about members of it. */
const OWN_NODE: ReadonlySet<unknown> = new Set(['start', 'stage', 'acquire', 'load']);

function noteHooked(facts: Facts, answer: Bag): void {
  const node = text(answer['node']);
  if (node !== undefined && answer['kind'] !== 'none') factOf(facts, node).hooked = true;
}

function noteGroup(facts: Facts, answer: Bag, boundary: string | undefined): void {
  const node = text(answer['node']);
  if (node !== undefined && answer['templateError'] === undefined) {
    const fact = factOf(facts, node);
    if (boundary !== undefined) fact.boundary = boundary;
    const error = text(answer['error']);
    if (error !== undefined) fact.error = error;
  }
  const members = answer['members'];
  if (!isBag(members)) return;
  for (const member of Object.values(members)) {
    // In steps the items of a loop stand directly in the group.
    const items = isBag(member) && member['kind'] === 'loop' ? (member['items'] ?? []) : [member];
    for (const one of items as readonly unknown[]) noteMember(facts, one, boundary);
  }
}

/** A call, a loop or something already done, as the evaluate handler answers it. */
function noteMember(facts: Facts, member: unknown, boundary: string | undefined): void {
  if (!isBag(member)) return;
  const node = text(member['node']);
  if (node === undefined) return;
  const kind = member['kind'];
  if (kind !== 'call' && kind !== 'done' && kind !== 'loop') return;
  if (isAbsent(member['outcome'])) return;
  const fact = factOf(facts, node);
  if (boundary !== undefined) fact.boundary = boundary;
  const template = text(member['template']);
  if (template !== undefined) fact.template = template;
  if (isBag(member['inputs'])) fact.inputs = member['inputs'] as Fact['inputs'] & object;
  if (kind === 'done') {
    fact.done = true;
    fact.outcome = member['outcome'] as Outcome;
  }
  if (kind === 'loop') {
    fact.loop = true;
    for (const item of (member['items'] ?? []) as readonly unknown[]) noteMember(facts, item, boundary);
  }
}

/** A task that is not part of the run. */
function isAbsent(outcome: unknown): boolean {
  return isBag(outcome) && outcome['absent'] === true;
}

function noteOutcome(facts: Facts, value: unknown, at: string): void {
  if (!isBag(value)) return;
  const node = text(value['node']);
  if (node === undefined || text(value['phase']) === undefined) return;
  const outcome = outcomeOf(value as unknown as Outcome);
  if (outcome.absent) {
    facts.delete(node);
    return;
  }
  // In steps the items of a loop stand directly in the group; only a DAG has a node for them.
  const isLoop = outcome.items !== undefined || outcome.batches !== undefined;
  if (isLoop && value['group'] !== true) {
    for (const item of outcome.items ?? []) noteOutcome(facts, item, at);
    return;
  }
  const fact = factOf(facts, node);
  if (isLoop) fact.loop = true;
  if (fact.done) return;
  fact.outcome = outcome;
  if (outcome.phase === 'Skipped' || outcome.phase === 'Omitted') fact.done = true;
  if (outcome.phase !== 'Running') fact.finishedAt = outcome.finishedAt || at;
  if (outcome.startedAt !== undefined) fact.startedAt = outcome.startedAt;
}

function noteFailure(
  facts: Facts,
  request: Request,
  node: string,
  failure: { readonly error?: string; readonly cause?: string },
  at: string,
): void {
  const op = request.payload['op'];
  if (failure.error === SUSPENDED) {
    // It was held back before it began.
    const fact = facts.get(node);
    if (fact !== undefined) delete fact.startedAt;
    return;
  }
  if (failure.error === GROUP_ERROR) {
    const { group } = toldIn<GroupFault>(failure.cause ?? '') ?? {};
    if (group !== undefined) noteGroup(facts, group, nodeAsked(request));
    return;
  }
  const isNodes = op === undefined || OWN_NODE.has(op);
  if (!isNodes && op !== 'task') return;
  const own = isArgoError(failure.error ?? '');
  const cause: unknown = own ? toldIn(failure.cause ?? '') : undefined;
  if (isBag(cause)) {
    if (op === 'start') noteStarted(facts, request, cause, at);
    if (op === 'task') {
      noteMember(facts, cause['evaluated'], node);
      return;
    }
    // What could not even be made ready to wait or to be looked up never got a node of its own type.
    if (cause['notStarted'] === true && (op === 'load' || op === 'acquire')) {
      factOf(facts, node).outcome = { ...(cause as unknown as Outcome), node };
      factOf(facts, node).done = true;
      return;
    }
    noteOutcome(facts, { ...cause, node }, at);
    return;
  }
  noteOutcome(facts, erroneousOutcome(node, failure.error ?? '', failure.cause ?? ''), at);
}

/** Assigned variables that are facts: a body's start, an outcome, an outcome made of items. */
function noteVariable(facts: Facts, value: unknown, at: Date): void {
  if (!isBag(value)) return;
  const node = text(value['node']);
  if (node === undefined) return;
  const time = at.toISOString();
  if (value['kind'] === 'call' && 'startedAt' in value) {
    noteStart(facts, node, value, time);
    return;
  }
  if (value['phase'] !== undefined) noteOutcome(facts, value, time);
}

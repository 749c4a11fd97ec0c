/** What a person may do to the places at which a run waits: resume nodes, set their outputs, end them, let go what is held. */
import { failure, type Result, success } from '../evaluate/leaf/result.ts';
import { resumed, type Suspended, suspendOutputs } from '../evaluate/leaf/suspend.ts';
import type { JsonValue } from '../protocol/json.ts';
import { ARGO_ERROR, ARGO_FAILED, type NodePhase, type Outcome } from '../protocol/outcome.ts';
import type { AnswerToken } from '../store/answer.ts';
import type { Suspension, Suspensions } from '../store/suspensions.ts';

export interface WaitingPlaces {
  readonly suspensions: Suspensions;
  readonly answer: AnswerToken;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

type Texts = Readonly<Record<string, string>>;

/** What `argo node set` gives to suspended nodes; a phase ends them. */
export interface NodeValues {
  readonly outputs: Texts;
  readonly message?: string;
  readonly phase?: string;
}

/** Answers the nodes that go on. A node that lacks an output stays suspended, and so do all others. */
export async function resumeNodes(
  places: WaitingPlaces,
  run: string,
  matches: (node: string) => boolean,
  outputs: Texts,
): Promise<Result<readonly string[]>> {
  const chosen = await chosenNodes(places, run, matches);
  const unknown = Object.keys(outputs).find((name) => !chosen.some((one) => expects(one, name)));
  if (chosen.length > 0 && unknown !== undefined) return failure(notExpected(unknown));
  for (const one of chosen) {
    const { supplied, given } = waitingOf(one);
    const values = suspendOutputs(supplied, { ...given, ...outputs });
    if (!values.ok) return values;
  }
  const names: string[] = [];
  for (const one of chosen) {
    const outcome = resumed(waitingOf(one), outputs, timeText(places));
    if (await end(places, one, outcome)) names.push(one.node);
  }
  return success(names);
}

/** workflow/util updateSuspendedNode. Answers the nodes that were changed. */
export async function setNodes(
  places: WaitingPlaces,
  run: string,
  matches: (node: string) => boolean,
  { outputs, message, phase }: NodeValues,
): Promise<Result<readonly string[]>> {
  if (phase !== undefined && !isEnd(phase))
    return failure(`a suspended node cannot be set to ${phase}: Succeeded, Failed and Error end it`);
  const chosen = await chosenNodes(places, run, matches);
  for (const one of chosen) {
    const refused = Object.keys(outputs).flatMap((name) => refusal(one, name));
    if (refused[0] !== undefined) return failure(refused[0]);
  }
  const names: string[] = [];
  for (const one of chosen) {
    const before = waitingOf(one);
    const given = { ...before.given, ...outputs };
    const now: Suspended = { ...before, given, ...(message !== undefined && { message }) };
    const isSet = await places.suspensions.change(run, one.node, now as unknown as JsonValue);
    if (!isSet) continue;
    if (phase !== undefined) await end(places, one, endOf(now, phase, timeText(places)));
    names.push(one.node);
  }
  return success(names);
}

/** Ends those suspended nodes for which there is an outcome; answers how many. */
export async function endNodes(
  places: WaitingPlaces,
  run: string,
  outcomeOf: (suspension: Suspension) => Outcome | undefined,
): Promise<number> {
  let count = 0;
  for (const one of await chosenNodes(places, run, () => true)) {
    const outcome = outcomeOf(one);
    if (outcome !== undefined && (await end(places, one, outcome))) count += 1;
  }
  return count;
}

/** Lets go whatever a suspended run held back; it asks again whether it may start. Answers how much there was. */
export async function releaseHeld({ suspensions, answer }: WaitingPlaces, run: string): Promise<number> {
  let count = 0;
  for (const { node, template, token } of await suspensions.list(run)) {
    if (template !== '' || !(await suspensions.take(run, node))) continue;
    await answer(token, { output: {} });
    count += 1;
  }
  return count;
}

async function chosenNodes(
  { suspensions }: WaitingPlaces,
  run: string,
  matches: (node: string) => boolean,
): Promise<readonly Suspension[]> {
  const all = await suspensions.list(run);
  return all.filter(({ node, template }) => template !== '' && matches(node));
}

/** False when somebody else was quicker. */
async function end(
  { suspensions, answer }: WaitingPlaces,
  one: Suspension,
  outcome: Outcome,
): Promise<boolean> {
  if (!(await suspensions.take(one.run, one.node))) return false;
  const { phase } = outcome;
  if (phase === 'Succeeded') await answer(one.token, { output: outcome as unknown as JsonValue });
  else
    await answer(one.token, {
      error: phase === 'Failed' ? ARGO_FAILED : ARGO_ERROR,
      cause: JSON.stringify(outcome),
    });
  return true;
}

function endOf(waiting: Suspended, phase: NodePhase, now: string): Outcome {
  if (phase === 'Succeeded') return resumed(waiting, {}, now);
  const { node, startedAt, message } = waiting;
  return { node, phase, ...(message && { message }), startedAt, finishedAt: now };
}

function isEnd(phase: string): phase is NodePhase {
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Error';
}

function waitingOf({ task }: Suspension): Suspended {
  return task as unknown as Suspended;
}

function timeText({ now }: WaitingPlaces): string {
  return new Date(now()).toISOString();
}

function expects(one: Suspension, name: string): boolean {
  return waitingOf(one).supplied.some((output) => output.name === name);
}

function notExpected(name: string): string {
  return `node is not expecting output parameter '${name}'`;
}

/** Argo's words. What it ends with by itself was settled when it began to wait, so nothing can be added to that. */
function refusal(one: Suspension, name: string): readonly string[] {
  const { given, expired, node } = waitingOf(one);
  if (!expects(one, name)) return [notExpected(name)];
  if (given?.[name] !== undefined)
    return [`cannot set output parameter '${name}' because it was already set`];
  const endsByItself = expired !== undefined && expired.phase !== 'Failed';
  return endsByItself ? [`${node} goes on by itself: give its outputs when you resume it`] : [];
}

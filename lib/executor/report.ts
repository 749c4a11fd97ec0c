/** Turns the end of a leaf into an outcome that fits into a state, and into the answer to its task token. */
import { type BlobStore, nodeKey } from '../protocol/blob-store.ts';
import { ARGO_ERROR, ARGO_FAILED, type Globals, type Outcome, type Outputs } from '../protocol/outcome.ts';
import type { TaskSpec } from '../protocol/task-spec.ts';
import type { Captured } from './capture-outputs.ts';
import { containerOutcomes, inferOutcome, type LeafEnd, lastPhases } from './infer-outcome.ts';
import { CAUSE_CHARACTERS } from './limits.ts';

export type Answer =
  | { readonly ok: true; readonly output: Outcome }
  | { readonly ok: false; readonly error: string; readonly cause: string };

/** Answers a task token: SendTaskSuccess or SendTaskFailure. */
export type Reporter = (answer: Answer) => Promise<void>;

export interface Times {
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** What lies at `outputsRef`. */
export interface SpilledOutputs {
  readonly outputs?: Outputs;
  readonly globals?: Globals;
}

const MESSAGE_CHARACTERS = 8_192;

export async function leafOutcome(
  end: LeafEnd,
  captured: Captured,
  times: Times,
  blobs: BlobStore,
): Promise<Outcome> {
  const { spec } = end;
  const verdict = inferOutcome({ ...end, errors: [...end.errors, ...captured.errors] });
  const main = end.ends['main'];
  const outputs: Outputs = { ...captured.outputs, ...(main && { exitCode: String(main.exitCode) }) };
  const containers = spec.type === 'containerSet' ? containerOutcomes(end) : {};
  const ends = lastPhases(end, containers, verdict.phase);
  const outcome: Outcome = {
    node: spec.node,
    phase: verdict.phase,
    ...(verdict.message !== undefined && { message: shortened(verdict.message) }),
    ...times,
    ...(Object.keys(outputs).length > 0 && { outputs }),
    ...(Object.keys(captured.globals).length > 0 && { globals: captured.globals }),
    ...(Object.keys(containers).length > 0 && { containers }),
    ...(ends.length > 0 && { ends }),
  };
  return await spilled(outcome, spec, blobs);
}

/** Outputs past the leaf's budget go to the blob store; the exit code, which is always short, stays. */
async function spilled(outcome: Outcome, spec: TaskSpec, blobs: BlobStore): Promise<Outcome> {
  const { outputs, globals, ...kept } = outcome;
  const size = Buffer.byteLength(JSON.stringify({ outputs, globals }));
  const cause = JSON.stringify(outcome).length;
  if (size <= spec.inlineBytes && (outcome.phase === 'Succeeded' || cause <= CAUSE_CHARACTERS))
    return outcome;
  const { exitCode, ...large } = outputs ?? {};
  if (Object.keys(large).length === 0 && globals === undefined) return outcome;
  const key = nodeKey(spec.run, spec.nodeId, 'outputs.json');
  const content: SpilledOutputs = { ...(outputs && { outputs }), ...(globals && { globals }) };
  await blobs.put(key, JSON.stringify(content));
  return { ...kept, ...(exitCode !== undefined && { outputs: { exitCode } }), outputsRef: key };
}

function shortened(message: string): string {
  if (message.length <= MESSAGE_CHARACTERS) return message;
  return `${message.slice(0, MESSAGE_CHARACTERS - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

/** A failure's cause is the outcome itself, so that whoever catches it loses nothing. */
export function answerOf(outcome: Outcome): Answer {
  if (outcome.phase === 'Succeeded' || outcome.phase === 'Running') return { ok: true, output: outcome };
  const error = outcome.phase === 'Error' ? ARGO_ERROR : ARGO_FAILED;
  return { ok: false, error, cause: JSON.stringify(outcome) };
}

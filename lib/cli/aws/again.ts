/** `argosy resubmit` and `argosy retry` on AWS. */

import { randomBytes } from 'node:crypto';
import { RESUBMITTED } from '../../aws/retry-run.ts';
import type { RunRecord } from '../../aws/run-index.ts';
import { runNames } from '../../aws/run-names.ts';
import { REQUESTS, type RunRequest } from '../../aws/run-requests.ts';
import type { ParsedDocument } from '../../compiler/1-parse/parse.ts';
import { parse } from '../../compiler/1-parse/parse.ts';
import type { Runnable } from '../../compiler/2-analyze/analyze.ts';
import { submitted } from '../../local/submission.ts';
import type { JsonValue } from '../../protocol/json.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parsePairs } from '../parameters.ts';
import { printYaml } from '../render/yaml.ts';
import { parseSelector } from '../runs/selector.ts';
import type { Terminal } from '../terminal.ts';
import { findRun, isOver } from './find-run.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';
import { type FollowFlags, follow, submitText } from './submit.ts';
import { outcomeOf, upload } from './upload.ts';

export interface AgainFlags extends FollowFlags, AwsFlags {
  readonly parameter: readonly string[];
  readonly priority?: string;
  readonly memoized?: boolean;
  readonly restartSuccessful?: boolean;
  readonly nodeFieldSelector?: string;
}

export function resubmit(name: string, flags: AgainFlags, terminal: Terminal): Promise<number> {
  const parameters = parsePairs(flags.parameter, 'parameter');
  return withSession(flags, terminal, async (session) => {
    const record = await findRun(session, name);
    const again = flags.memoized
      ? await memoized(session, record, flags)
      : await submitText(session, record.name, await textOf(session, record, parameters, flags.priority));
    return await follow(session, again, flags, terminal);
  });
}

async function memoized(session: Session, record: RunRecord, flags: AgainFlags): Promise<RunRecord> {
  if (flags.priority !== undefined)
    throw new CliError('a memoized run keeps its priority', EXIT.usage, 'leave --priority away');
  const { uid } = record;
  const request: RunRequest = {
    kind: 'WorkflowResubmitRequest',
    uid,
    memoized: true,
    parameters: flags.parameter,
  };
  return await requested(session, record, request, ({ own }) => session.runs.get(own));
}

/** Argo's words (workflow/util/util.go, FormulateRetryWorkflow). */
const NOTHING_FAILED =
  'To retry a succeeded workflow, set the options restartSuccessful and nodeFieldSelector';

/** The run goes on under its name and uid, as another execution. */
export function retry(name: string, flags: AgainFlags, terminal: Terminal): Promise<number> {
  parsePairs(flags.parameter, 'parameter');
  const { nodeFieldSelector, restartSuccessful = false } = flags;
  if (nodeFieldSelector !== undefined) parseSelector(nodeFieldSelector);
  return withSession(flags, terminal, async (session) => {
    const record = await findRun(session, name);
    if (!isOver(record))
      throw new CliError(`${record.name} still runs`, EXIT.usage, `end it with: argosy stop ${record.name}`);
    if (record.phase === 'Succeeded' && !(restartSuccessful && nodeFieldSelector))
      throw new CliError(NOTHING_FAILED);
    const { uid } = record;
    const request: RunRequest = {
      kind: 'WorkflowRetryRequest',
      uid,
      restartSuccessful,
      parameters: flags.parameter,
      ...(nodeFieldSelector === undefined ? {} : { nodeFieldSelector }),
    };
    const again = await requested(session, record, request, async ({ hash }) => {
      const now = await session.runs.get(uid);
      return now?.executionName.endsWith(`-${hash}`) ? now : undefined;
    });
    return await follow(session, again, flags, terminal);
  });
}

interface Asked {
  /** Ends the name of the execution. */
  readonly hash: string;
  /** Of a run that the request makes. */
  readonly own: string;
}

/** Puts a request where the functions see it, and waits until the run that it is about goes on. */
async function requested(
  session: Session,
  record: RunRecord,
  request: RunRequest,
  look: (asked: Asked) => Promise<RunRecord | undefined>,
): Promise<RunRecord> {
  const key = `${REQUESTS}${record.name}-${randomBytes(4).toString('hex')}.json`;
  const uploaded = await upload(session, key, JSON.stringify(request));
  const { hash, uid: own } = runNames(session.bucket, key, uploaded.versionId);
  return await outcomeOf(session, uploaded, async () => {
    const found = await look({ hash, own });
    return found?.executionArn === undefined ? undefined : found;
  });
}

/** The file that the run came from, in the version that it had, with the values that the run was given. */
async function textOf(
  session: Session,
  record: RunRecord,
  parameters: Readonly<Record<string, string>>,
  priority: string | undefined,
): Promise<string> {
  const source = await sourceOf(session, record);
  const { documents } = parse([{ path: record.source, text: source }]);
  const main = documents.find(({ kind }) => kind === 'Workflow' || kind === 'CronWorkflow');
  if (main === undefined)
    throw new CliError(`the workflow of ${record.name} is not in ${record.source} any more`);
  const given = record.run.parameters.flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value]],
  );
  // A run of a fixed name would take the place of the one that it repeats.
  const { value } = submitted(main as ParsedDocument<Runnable>, {
    generateName: record.generateName ?? `${record.name}-`,
    labels: { [RESUBMITTED]: record.name },
    parameters: { ...(Object.fromEntries(given) as Record<string, string>), ...parameters },
    ...(priority === undefined ? {} : { priority: Number(priority) }),
  });
  return printYaml(value as unknown as JsonValue);
}

async function sourceOf(session: Session, record: RunRecord): Promise<string> {
  const found = /^s3:\/\/([^/]+)\/(.+?)(?:\?versionId=(.*))?$/.exec(record.source);
  if (found === null)
    throw new CliError(
      `${record.name} was started by ${record.source}`,
      EXIT.usage,
      'submit its workflow instead',
    );
  const [, bucket = '', key = '', versionId] = found;
  const object = await session.clients.objects.get(bucket, key, versionId);
  if (object === undefined) throw new CliError(`${record.source} is not there any more`);
  return Buffer.from(object.body).toString('utf8');
}

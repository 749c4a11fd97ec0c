/** `argosy resubmit` and `argosy retry` on AWS. */

import type { RunRecord } from '../../aws/run-index.ts';
import type { ParsedDocument } from '../../compiler/1-parse/parse.ts';
import { parse } from '../../compiler/1-parse/parse.ts';
import type { Runnable } from '../../compiler/2-analyze/analyze.ts';
import { submitted } from '../../local/submission.ts';
import type { JsonValue } from '../../protocol/json.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { parsePairs } from '../parameters.ts';
import { printYaml } from '../render/yaml.ts';
import type { Terminal } from '../terminal.ts';
import { findRun } from './find-run.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';
import { type FollowFlags, follow, submitText } from './submit.ts';

export interface AgainFlags extends FollowFlags, AwsFlags {
  readonly parameter: readonly string[];
  readonly priority?: string;
  readonly restartSuccessful?: boolean;
  readonly nodeFieldSelector?: string;
}

const RESUBMITTED = 'workflows.argoproj.io/resubmitted-from-workflow';

export function resubmit(name: string, flags: AgainFlags, terminal: Terminal): Promise<number> {
  const parameters = parsePairs(flags.parameter, 'parameter');
  return withSession(flags, terminal, async (session) => {
    const record = await findRun(session, name);
    const text = await textOf(session, record, parameters, flags.priority);
    const again = await submitText(session, record.name, text);
    return await follow(session, again, flags, terminal);
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

/** No machine can be resumed on AWS yet with the outcomes that its nodes had; that is said rather than half done. */
export async function retry(name: string, _flags: AgainFlags, _terminal: Terminal): Promise<number> {
  throw new CliError(
    'retry works for local runs only',
    EXIT.usage,
    `run it anew on AWS: argosy resubmit ${name}`,
  );
}

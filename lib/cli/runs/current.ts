/** How a run stands: asked of the process that runs it, read from its result, or read from what a dead one left. */
import { hasErrors, type Prepared, prepareRun } from '../../local/prepare.ts';
import { statusOf } from '../../status/status.ts';
import { type WorkflowObject, workflowObject } from '../../status/workflow-object.ts';
import { CliError } from '../exit-code.ts';
import { askControl } from './control.ts';
import { identityOf, PREFIX } from './execute.ts';
import { type RunFiles, type RunRecord, readEarlier, readRecord, readResult } from './folder.ts';
import { readHistory } from './history-file.ts';

export interface Current {
  readonly record: RunRecord;
  readonly workflow: WorkflowObject;
  /** Whether a process still runs it. */
  readonly isLive: boolean;
}

const GONE = 'the process that ran it ended before the run did';

export async function currentRun(files: RunFiles): Promise<Current> {
  const record = await readRecord(files);
  if (record === undefined) throw new CliError(`${files.folder} holds no run`);
  const result = await readResult(files);
  if (result !== undefined) return { record, workflow: result, isLive: false };
  const live = await askControl(files.folder, { verb: 'status' });
  if (live?.workflow !== undefined) return { record, workflow: live.workflow, isLive: true };
  // It may have ended between the two looks.
  const ended = await readResult(files);
  if (ended !== undefined) return { record, workflow: ended, isLive: false };
  return { record, workflow: await leftBehind(files, record), isLive: false };
}

async function leftBehind(files: RunFiles, record: RunRecord): Promise<WorkflowObject> {
  const prepared = preparedAgain(record);
  const { own, children } = await readHistory(files.history);
  const earlier = await readEarlier(files);
  const status = statusOf(own, {
    bundle: prepared.compiled.bundle,
    workflow: record.name,
    childHistory: (arn) => children.get(arn),
    ...(earlier && { earlier }),
  });
  return workflowObject(identityOf(record, prepared), { ...status, phase: 'Error', message: GONE });
}

/** The run's workflow as it was compiled at its start. */
export function preparedAgain(record: RunRecord): Prepared {
  const submission = { ...record.submission, name: record.name };
  const { prepared, diagnostics } = prepareRun(record.sources, { ...submission, suffix: '', prefix: PREFIX });
  if (prepared === undefined) {
    const why = hasErrors(diagnostics)
      ? diagnostics.find((one) => one.severity === 'error')?.message
      : undefined;
    throw new CliError(`${record.name} cannot be read any more: ${why ?? 'its workflow is gone'}`);
  }
  return prepared;
}

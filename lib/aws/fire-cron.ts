/** A CronWorkflow is due: whether it runs now, and its run. */
import type { CronWorkflow } from '../argo/workflow.ts';
import { type ParsedDocument, parse } from '../compiler/1-parse/parse.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import {
  type CronWorkflowView,
  evaluateCronWorkflowWhen,
  evaluateStopStrategy,
} from '../expression/cron/conditions.ts';
import { hasErrors } from '../local/prepare.ts';
import { submitted } from '../local/submission.ts';
import type { AwsWorld } from './aws-world.ts';
import { asBag, asText } from './bag.ts';
import { terminateRun } from './control-run.ts';
import type { Firing } from './cron-schedules.ts';
import {
  activeRuns,
  keepHistory,
  noteFiring,
  noteTime,
  readCron,
  runsOfCron,
  stopCron,
} from './cron-state.ts';
import { keptSource, readLibrary } from './library.ts';
import type { RunRecord } from './run-index.ts';
import { runNames } from './run-names.ts';
import { startRun } from './start-run.ts';

export type Fired =
  | { readonly kind: 'started'; readonly record: RunRecord }
  | { readonly kind: 'skipped'; readonly why: string };

/**
 * Argo runs nothing that it missed where no deadline is given; what Scheduler delivers within this time is
 * not missed.
 */
const LATE_SECONDS = 600;
/** workflow/cron/operator.go enforceHistoryLimit. */
const KEPT = { succeeded: 3, failed: 1 };

export async function fireCron(world: AwsWorld, event: unknown): Promise<Fired> {
  const fired = await fire(world, firingOf(event));
  if (fired.kind === 'skipped') world.clients.log({ level: 'info', message: 'not started', why: fired.why });
  return fired;
}

function firingOf(event: unknown): Firing {
  const given = asBag(event);
  const text = (key: keyof Firing) => {
    const value = asText(given[key]);
    if (value === undefined) throw new Error(`the schedule's input has no ${key}`);
    return value;
  };
  const time = new Date(text('time'));
  if (Number.isNaN(time.getTime())) throw new Error(`${text('time')} is no time`);
  const { file, namespace, name, schedule } = {
    ...given,
    file: text('file'),
    namespace: text('namespace'),
  } as Firing;
  return { file, namespace, name, schedule, time: `${time.toISOString().slice(0, 19)}Z` };
}

async function fire(world: AwsWorld, firing: Firing): Promise<Fired> {
  const { namespace, name, time } = firing;
  const cron = `${namespace}/${name}`;
  const seconds = Date.parse(time) / 1000;
  const names = runNames('cron', cron, String(seconds));
  const found = await findCron(world, firing);
  if (found === undefined) return skipped('the CronWorkflow is gone');
  // A second delivery finds the run, whatever has become of the conditions meanwhile.
  if ((await world.runs.get(names.uid)) === undefined) {
    const refusal = await refusalOf(world, found.value, cron, time);
    if (refusal !== undefined) return skipped(refusal);
  }
  await noteFiring(world, cron, time, names.uid);
  const document = submitted(found, {
    name: `${name}-${seconds}`,
    labels: { 'workflows.argoproj.io/cron-workflow': name },
    annotations: { 'workflows.argoproj.io/scheduled-time': time },
  });
  const { record, diagnostics } = await startRun(world, {
    document: {
      ...document,
      value: { ...document.value, metadata: { ...document.value.metadata, namespace } },
    },
    companions: (await readLibrary(world)).filter(({ kind }) => kind !== 'CronWorkflow'),
    names,
    source: `cron:${cron}`,
    cron,
    scheduledTime: time,
  });
  if (record === undefined || hasErrors(diagnostics)) return skipped(renderDiagnostics(diagnostics));
  await noteTime(world, cron, time);
  const { successfulJobsHistoryLimit: good, failedJobsHistoryLimit: bad } = found.value.spec;
  await keepHistory(world, cron, { succeeded: good ?? KEPT.succeeded, failed: bad ?? KEPT.failed });
  return { kind: 'started', record };
}

function skipped(why: string): Fired {
  return { kind: 'skipped', why };
}

/** As it was uploaded last; a firing of a schedule that it no longer has is stale. */
async function findCron(world: AwsWorld, firing: Firing): Promise<ParsedDocument<CronWorkflow> | undefined> {
  const source = await keptSource(world, firing.file);
  const documents = source === undefined ? [] : parse([source]).documents;
  return documents.find(
    (one): one is ParsedDocument<CronWorkflow> =>
      one.value.kind === 'CronWorkflow' &&
      one.name === firing.name &&
      (one.value.metadata.namespace ?? 'default') === firing.namespace &&
      (one.value.spec.schedules ?? []).includes(firing.schedule),
  );
}

/** In the order of workflow/cron/operator.go run and enforceRuntimePolicy. */
async function refusalOf(
  world: AwsWorld,
  { spec, metadata }: CronWorkflow,
  cron: string,
  time: string,
): Promise<string | undefined> {
  const state = await readCron(world, cron);
  const view: CronWorkflowView = {
    name: metadata.name ?? '',
    namespace: metadata.namespace ?? 'default',
    labels: metadata.labels,
    annotations: metadata.annotations,
    failed: state.failed,
    succeeded: state.succeeded,
    ...(state.lastScheduledTime !== undefined && { lastScheduledTime: new Date(state.lastScheduledTime) }),
  };
  if (state.isStopped) return 'its stopStrategy has come true';
  if (spec.stopStrategy !== undefined) {
    const stops = evaluateStopStrategy(spec.stopStrategy.expression, view);
    if (!stops.ok) return stops.error;
    if (stops.value) {
      await stopCron(world, cron);
      return 'its stopStrategy has come true';
    }
  }
  if (spec.suspend === true) return 'it is suspended';
  const late = (world.clients.now() - Date.parse(time)) / 1000;
  if (late > Math.max(spec.startingDeadlineSeconds ?? LATE_SECONDS, 1))
    return `${Math.round(late)} s too late`;
  const when = evaluateCronWorkflowWhen(spec.when ?? '', view);
  if (!when.ok) return when.error;
  if (!when.value) return 'its `when` is false';
  return await policyRefusal(world, spec, cron);
}

async function policyRefusal(
  world: AwsWorld,
  { concurrencyPolicy }: CronWorkflow['spec'],
  cron: string,
): Promise<string | undefined> {
  if (concurrencyPolicy === undefined || concurrencyPolicy === 'Allow') return undefined;
  const active = await activeRuns(world, await runsOfCron(world, cron));
  if (active.length === 0) return undefined;
  if (concurrencyPolicy === 'Forbid') return `${active[0]?.name ?? 'a run'} is still active`;
  for (const record of active) await terminateRun(world, record);
  return undefined;
}

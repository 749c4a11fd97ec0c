/** `argosy cron`: CronWorkflows, which EventBridge Scheduler fires. */
import type { CronWorkflow, CronWorkflowSpec } from '../../argo/workflow.ts';
import type { RunRecord } from '../../aws/run-index.ts';
import { nextTimes } from '../../expression/cron/next-times.ts';
import type { JsonValue } from '../../protocol/json.ts';
import { EXIT } from '../exit-code.ts';
import { alignColumns } from '../render/columns.ts';
import { shortDuration, timestamp } from '../render/humanize.ts';
import { printYaml } from '../render/yaml.ts';
import type { Terminal } from '../terminal.ts';
import { isOver } from './find-run.ts';
import { findKept, forget, type Kept, keep, readGiven, readKept } from './library.ts';
import { type AwsFlags, type Session, withSession } from './session.ts';

export interface CronFlags extends AwsFlags {
  readonly output?: 'json' | 'yaml' | 'name' | 'wide';
}

const KIND = 'CronWorkflow';

export async function create(paths: readonly string[], flags: AwsFlags, terminal: Terminal): Promise<number> {
  const given = await readGiven(paths, KIND, terminal);
  if (given === undefined) return EXIT.invalid;
  return await withSession(flags, terminal, async (session) => {
    const kept = await readKept<CronWorkflow>(session, KIND);
    for (const document of given) {
      const before = kept.find((one) => one.document.name === document.name);
      if (before !== undefined) await forget(session, before);
      await keep(session, document);
      terminal.out.write(`CronWorkflow ${document.name} ${before === undefined ? 'created' : 'replaced'}\n`);
    }
    return EXIT.ok;
  });
}

export function list(flags: CronFlags, terminal: Terminal): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    const found = await readKept<CronWorkflow>(session, KIND);
    const { out } = terminal;
    if (flags.output === 'name') for (const { document } of found) out.write(`${document.name}\n`);
    else if (flags.output === 'json' || flags.output === 'yaml')
      print(valuesOf(found), flags.output, terminal);
    else if (found.length === 0) out.write('No cron workflows found\n');
    else out.write(`${(await tableOf(session, found)).join('\n')}\n`);
    return EXIT.ok;
  });
}

function valuesOf(found: readonly Kept<CronWorkflow>[]): JsonValue {
  return found.map(({ document }) => document.value) as unknown as JsonValue;
}

function print(value: JsonValue, output: 'json' | 'yaml', { out }: Terminal): void {
  out.write(output === 'json' ? `${JSON.stringify(value, undefined, 2)}\n` : printYaml(value));
}

const HEADER = ['NAME', 'AGE', 'LAST RUN', 'NEXT RUN', 'SCHEDULES', 'TIMEZONE', 'SUSPENDED'];

async function tableOf(session: Session, found: readonly Kept<CronWorkflow>[]): Promise<readonly string[]> {
  const now = session.clients.now();
  const rows: string[][] = [];
  for (const { document, at } of found) {
    const { spec } = document.value;
    const last = (await runsOf(session, document.value, 1))[0];
    const next = spec.suspend ? undefined : nextRun(spec, now);
    rows.push([
      document.name,
      at === undefined ? 'N/A' : shortDuration(now - at.getTime()),
      last === undefined ? 'N/A' : shortDuration(now - Date.parse(last.createdAt)),
      next === undefined ? 'N/A' : shortDuration(next - now),
      (spec.schedules ?? []).join(','),
      spec.timezone ?? '',
      String(spec.suspend === true),
    ]);
  }
  return alignColumns([HEADER, ...rows], 3);
}

/** The earliest of its schedules. */
function nextRun(spec: CronWorkflowSpec, now: number): number | undefined {
  const times = (spec.schedules ?? []).flatMap((schedule) => {
    const next = nextTimes(schedule, spec.timezone ?? '', new Date(now), 1);
    return next.ok ? next.times.map((time) => time.getTime()) : [];
  });
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Newest first. */
async function runsOf(session: Session, cron: CronWorkflow, limit: number): Promise<readonly RunRecord[]> {
  const { namespace = 'default', name = '' } = cron.metadata;
  const found: RunRecord[] = [];
  for await (const record of session.runs.list({ cron: `${namespace}/${name}`, limit })) found.push(record);
  return found;
}

const SHOWN_RUNS = 10;

export function get(names: readonly string[], flags: CronFlags, terminal: Terminal): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    for (const name of names) {
      const { document } = await findKept<CronWorkflow>(session, KIND, name);
      const { value } = document;
      if (flags.output === 'json' || flags.output === 'yaml')
        print(value as unknown as JsonValue, flags.output, terminal);
      else if (flags.output === 'name') terminal.out.write(`${name}\n`);
      else terminal.out.write(`${(await describe(session, value)).join('\n')}\n`);
    }
    return EXIT.ok;
  });
}

async function describe(session: Session, cron: CronWorkflow): Promise<readonly string[]> {
  const now = session.clients.now();
  const { metadata, spec } = cron;
  const lines: string[] = [];
  const say = (label: string, value: unknown) => lines.push(`${label.padEnd(30)} ${String(value)}`.trimEnd());
  const runs = await runsOf(session, cron, SHOWN_RUNS);
  const active = runs.filter((record) => !isOver(record));
  const next = spec.suspend ? undefined : nextRun(spec, now);
  say('Name:', metadata.name ?? '');
  say('Namespace:', metadata.namespace ?? 'default');
  say('Schedules:', (spec.schedules ?? []).join(','));
  say('Suspended:', spec.suspend === true);
  if (spec.timezone !== undefined) say('Timezone:', spec.timezone);
  if (spec.startingDeadlineSeconds !== undefined)
    say('StartingDeadlineSeconds:', spec.startingDeadlineSeconds);
  say('ConcurrencyPolicy:', spec.concurrencyPolicy ?? 'Allow');
  if (runs[0] !== undefined) say('LastScheduledTime:', timestamp(runs[0].createdAt, now));
  if (next !== undefined) say('NextScheduledTime:', new Date(next).toISOString());
  if (active.length > 0) say('Active Workflows:', active.map(({ name }) => name).join(', '));
  for (const [at, { name, phase }] of runs.entries()) say(at === 0 ? 'Workflows:' : '', `${name} ${phase}`);
  return lines;
}

export function remove(names: readonly string[], flags: AwsFlags, terminal: Terminal): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    for (const name of names) {
      await forget(session, await findKept<CronWorkflow>(session, KIND, name));
      terminal.out.write(`CronWorkflow '${name}' deleted\n`);
    }
    return EXIT.ok;
  });
}

/** `suspend` and `resume`: the object is kept again with the other value. */
export function setSuspended(
  suspend: boolean,
  names: readonly string[],
  flags: AwsFlags,
  terminal: Terminal,
): Promise<number> {
  return withSession(flags, terminal, async (session) => {
    for (const name of names) {
      const found = await findKept<CronWorkflow>(session, KIND, name);
      const { value } = found.document;
      const changed: CronWorkflow = { ...value, spec: { ...value.spec, suspend } };
      await forget(session, found);
      await keep(session, { ...found.document, value: changed });
      terminal.out.write(`CronWorkflow '${name}' ${suspend ? 'suspended' : 'resumed'}\n`);
    }
    return EXIT.ok;
  });
}

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { schedulerExpressions } from '../../lib/aws/cron-expression.ts';
import { endRun } from '../../lib/aws/exit-run.ts';
import { type Fired, fireCron } from '../../lib/aws/fire-cron.ts';
import { submitEvent } from '../../lib/aws/submit.ts';
import { openTable, type TestTable } from './dynamo.ts';
import { type FakeAws, fakeAws } from './fake-clients.ts';

const expressions: readonly (readonly [string, string, readonly string[]])[] = [
  ['every minute', '* * * * *', ['cron(* * * * ? *)']],
  ['steps', '*/15 0-6/2 * * *', ['cron(0,15,30,45 0,2,4,6 * * ? *)']],
  ['ranges', '0 9-17 * * 1-5', ['cron(0 9-17 ? * 2-6 *)']],
  ['names', '0 0 * jan,MAR sun', ['cron(0 0 ? 1,3 1 *)']],
  ['a day of the month', '@monthly', ['cron(0 0 1 * ? *)']],
  ['either of two days', '0 0 13 * fri', ['cron(0 0 13 * ? *)', 'cron(0 0 ? * 6 *)']],
  ['days of the month where any weekday would do', '0 0 1 * 0-6', ['cron(0 0 * * ? *)']],
  ['whole minutes', '@every 1h30m', ['rate(90 minutes)']],
  ['one minute', '@every 60s', ['rate(1 minute)']],
];

describe('expressions of EventBridge Scheduler', () => {
  it.each(expressions)('%s', (_what, schedule, expected) => {
    const translated = schedulerExpressions(schedule, '');
    expect(translated.ok && translated.expressions.map(({ expression }) => expression)).toEqual(expected);
  });

  it('keep the time zone, of the schedule or of the CronWorkflow', () => {
    const zone = (schedule: string, timezone: string) => {
      const translated = schedulerExpressions(schedule, timezone);
      return translated.ok ? translated.expressions[0]?.timezone : translated.error;
    };
    expect(zone('CRON_TZ=Asia/Tokyo 0 0 * * *', '')).toBe('Asia/Tokyo');
    expect(zone('0 0 * * *', 'Europe/Berlin')).toBe('Europe/Berlin');
    expect(zone('@every 90s', '')).toContain('whole minutes');
    expect(zone('0 0 * *', '')).toContain('5 fields');
  });
});

describe('firings', () => {
  let opened: TestTable;
  let aws: FakeAws;
  let count = 0;
  beforeAll(async () => {
    opened = await openTable();
  });
  afterAll(() => opened.close());
  beforeEach(() => {
    aws = fakeAws(opened.table);
    count += 1;
  });

  const file = () => `workflows/cron-${count}.yaml`;
  const name = () => `cron-${count}`;
  async function upload(fields: string): Promise<void> {
    const text = `apiVersion: argoproj.io/v1alpha1
kind: CronWorkflow
metadata: {name: ${name()}}
spec:
  schedules: ['* * * * *']
${fields}
  workflowSpec:
    entrypoint: main
    templates:
      - name: main
        container: {image: alpine, command: [echo], args: ['{{workflow.scheduledTime}}']}
`;
    const { diagnostics } = await submitEvent(aws.world, aws.upload(file(), text));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  }
  const fire = (time: string): Promise<Fired> => {
    aws.clock.now = Date.parse(time) + 1000;
    return fireCron(aws.world, {
      file: file(),
      namespace: 'default',
      name: name(),
      schedule: '* * * * *',
      time,
    });
  };
  const at = (minute: number) => `2026-11-23T10:${String(minute).padStart(2, '0')}:00Z`;
  async function finish(fired: Fired, status: 'SUCCEEDED' | 'FAILED'): Promise<void> {
    if (fired.kind !== 'started') throw new Error(fired.why);
    const end = status === 'FAILED' ? { status, error: 'Argo.Failed', cause: '{}' } : { status };
    await endRun(aws.world, aws.end(fired.record.executionArn ?? '', end));
  }

  it('start one run a slot, named by it, however often they come', async () => {
    await upload('');
    const [first, second] = await Promise.all([fire(at(1)), fire(at(1))]);
    expect(first).toMatchObject({
      kind: 'started',
      record: { name: `${name()}-${Date.parse(at(1)) / 1000}` },
    });
    expect(second.kind).toBe('started');
    expect(aws.executions.size).toBe(1);
    const [execution] = aws.executions.values();
    expect(JSON.parse(execution?.input ?? '{}')).toMatchObject({
      workflow: {
        scheduledTime: at(1),
        labels: { 'workflows.argoproj.io/cron-workflow': name() },
        annotations: { 'workflows.argoproj.io/scheduled-time': at(1) },
      },
    });
  });

  it('wait their turn under Forbid, and take it under Replace', async () => {
    await upload('  concurrencyPolicy: Forbid');
    const first = await fire(at(1));
    expect((await fire(at(2))).kind).toBe('skipped');
    await finish(first, 'SUCCEEDED');
    expect((await fire(at(3))).kind).toBe('started');
    await upload('  concurrencyPolicy: Replace');
    expect((await fire(at(4))).kind).toBe('started');
    expect([...aws.executions.values()].map(({ status }) => status)).toEqual([
      'SUCCEEDED',
      'ABORTED',
      'RUNNING',
    ]);
  });

  it('go on under Forbid although the event of the end was lost', async () => {
    await upload('  concurrencyPolicy: Forbid');
    const first = await fire(at(1));
    if (first.kind === 'started') aws.end(first.record.executionArn ?? '', {});
    expect((await fire(at(2))).kind).toBe('started');
  });

  it('are dropped when they come too late, when suspended, when stale, or when `when` says so', async () => {
    await upload('  startingDeadlineSeconds: 60');
    aws.clock.now = Date.parse(at(10));
    const firing = { file: file(), namespace: 'default', name: name(), schedule: '* * * * *', time: at(1) };
    expect(await fireCron(aws.world, firing)).toMatchObject({ kind: 'skipped', why: '540 s too late' });
    await upload('  suspend: true');
    expect(await fire(at(11))).toEqual({ kind: 'skipped', why: 'it is suspended' });
    await upload("  when: '{{= cronworkflow.failed > 3 }}'");
    expect(await fire(at(12))).toEqual({ kind: 'skipped', why: 'its `when` is false' });
    await upload('');
    expect(await fireCron(aws.world, { ...firing, schedule: '0 0 * * *' })).toMatchObject({
      kind: 'skipped',
    });
    await submitEvent(aws.world, aws.remove(file()));
    expect((await fire(at(13))).kind).toBe('skipped');
    expect(aws.executions.size).toBe(0);
  });

  it('end for good once the stopStrategy has come true', async () => {
    await upload("  stopStrategy: {expression: 'cronworkflow.failed >= 2'}");
    for (const minute of [1, 2]) await finish(await fire(at(minute)), 'FAILED');
    expect(await fire(at(3))).toMatchObject({ kind: 'skipped', why: 'its stopStrategy has come true' });
  });

  it('keep as much history as is asked for', async () => {
    await upload('  successfulJobsHistoryLimit: 2\n  failedJobsHistoryLimit: 1');
    for (const minute of [1, 2, 3, 4]) await finish(await fire(at(minute)), 'SUCCEEDED');
    for (const minute of [5, 6]) await finish(await fire(at(minute)), 'FAILED');
    await fire(at(7));
    const listed: string[] = [];
    for await (const { createdAt } of aws.world.runs.list({ cron: `default/${name()}` }))
      listed.push(createdAt);
    expect(listed.map((time) => time.slice(14, 16))).toEqual(['07', '06', '04', '03']);
  });
});

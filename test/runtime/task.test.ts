import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/asl/json.ts';
import { taskError } from '../../lib/runtime/index.ts';
import { type Handler, invoke, machine, payloadOf, runMachine, typesOf } from './run-machine.ts';

const never: Handler = () => new Promise(() => {});
const sync = 'arn:aws:states:::ecs:runTask.sync';
const callback = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';

const runTask = (more: JsonObject = {}): JsonObject =>
  machine({
    T: {
      Type: 'Task',
      Resource: sync,
      Arguments: { TaskDefinition: 'd', Token: '{% $states.context.Task.Token %}' },
      End: true,
      ...more,
    },
  });
const send = (more: JsonObject = {}): JsonObject =>
  machine({
    T: {
      Type: 'Task',
      Resource: callback,
      Arguments: { QueueUrl: 'q', MessageBody: '{% $states.context.Task.Token %}' },
      End: true,
      ...more,
    },
  });

describe('Task', () => {
  it('evaluates Arguments, Output and Assign from the values at entry', async () => {
    const states = {
      A: { Type: 'Pass', Assign: { x: 1, y: 2 }, Next: 'T' },
      T: invoke('{% $x %}', {
        Assign: { x: '{% $y %}', y: '{% $x %}' },
        Output: '{% [$states.result.Payload, $x, $y] %}',
        Next: 'P',
      }),
      P: { Type: 'Pass', Output: ['{% $states.input %}', '{% [$x, $y] %}'], End: true },
    };
    expect((await runMachine(machine(states))).output).toEqual([
      [1, 1, 2],
      [2, 1],
    ]);
  });

  it('names functions by their own events', async () => {
    const Resource = 'arn:aws:lambda:us-east-1:123456789012:function:f';
    const result = await runMachine(machine({ T: { Type: 'Task', Resource, End: true } }), { a: 1 });
    expect(result.output).toEqual({ a: 1 });
    expect(typesOf(result).slice(2, 5)).toEqual([
      'LambdaFunctionScheduled',
      'LambdaFunctionStarted',
      'LambdaFunctionSucceeded',
    ]);
    expect(result.events[2]?.lambdaFunctionScheduledEventDetails).toMatchObject({
      resource: Resource,
      input: '{"a":1}',
    });
  });

  it('turns whatever a host throws into a failure', async () => {
    const failing =
      (thrown: unknown): Handler =>
      async () => {
        throw thrown;
      };
    expect(await runMachine(machine({ T: invoke(1) }), {}, failing(taskError('E', 'c')))).toMatchObject({
      error: 'E',
      cause: 'c',
    });
    expect(await runMachine(machine({ T: invoke(1) }), {}, failing(new Error('m')))).toMatchObject({
      error: 'States.TaskFailed',
      cause: 'm',
    });
    expect(await runMachine(machine({ T: invoke(1) }), {}, failing(undefined))).toMatchObject({
      error: 'States.TaskFailed',
    });
  });

  it('does not share its values with the host', async () => {
    const kept: Record<string, unknown> = { a: [1] };
    const states = { T: invoke(1, { Next: 'U' }), U: invoke(2, { Output: '{% $states.input %}' }) };
    const result = await runMachine(machine(states), {}, async (request) => {
      if (request.stateName === 'U') (kept['a'] as number[]).push(2);
      return kept as JsonObject;
    });
    expect(result.output).toEqual({ a: [1] });
  });

  it('times out, and tells the handler', async () => {
    let stopped = false;
    const result = await runMachine(machine({ T: invoke(1, { TimeoutSeconds: 5 }) }), {}, (request) => {
      request.signal.addEventListener('abort', () => {
        stopped = true;
      });
      return new Promise(() => {});
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Timeout', elapsed: 5000 });
    expect(typesOf(result)).toContain('TaskTimedOut');
    expect(stopped).toBe(true);
  });

  it('lets work that ends in time pass', async () => {
    const result = await runMachine(
      machine({ T: invoke(1, { TimeoutSeconds: 5 }) }),
      {},
      async (_, { clock }) => {
        await clock.sleep(4999);
        return 1;
      },
    );
    expect(result).toMatchObject({ status: 'SUCCEEDED', elapsed: 4999 });
  });
});

describe('.sync', () => {
  it('writes TaskSubmitted', async () => {
    const result = await runMachine(runTask(), {}, async (request) => {
      request.submitted({ job: 1 });
      return { done: true };
    });
    expect(result.output).toEqual({ done: true });
    expect(typesOf(result).slice(2, 6)).toEqual([
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
    ]);
    expect(result.events[4]?.taskSubmittedEventDetails).toMatchObject({
      output: '{"job":1}',
      resource: 'runTask.sync',
      resourceType: 'ecs',
    });
  });

  it('ends with its token when that is answered first', async () => {
    let stopped = false;
    const result = await runMachine(runTask(), {}, async (request, { clock, tokens }) => {
      expect((request.arguments as JsonObject)['Token']).toBe(request.taskToken);
      request.signal.addEventListener('abort', () => {
        stopped = true;
      });
      await clock.sleep(1000);
      expect(tokens.sendTaskSuccess(request.taskToken!, { by: 'token' })).toBe(true);
      expect(tokens.sendTaskSuccess(request.taskToken!, {})).toBe(false);
      return new Promise(() => {});
    });
    expect(result).toMatchObject({ output: { by: 'token' }, elapsed: 1000 });
    expect(stopped).toBe(true);
  });

  it('ends with the job when that is first', async () => {
    const result = await runMachine(runTask(), {}, async () => {
      throw taskError('States.TaskFailed', '{"StopCode":"x"}');
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed', cause: '{"StopCode":"x"}' });
  });
});

describe('.waitForTaskToken', () => {
  it('waits for the answer', async () => {
    const result = await runMachine(send(), {}, async (request, { clock, tokens }) => {
      clock.sleep(3000).then(() => tokens.sendTaskSuccess(request.taskToken!, 'late'));
      return { MessageId: 'm' };
    });
    expect(result).toMatchObject({ status: 'SUCCEEDED', output: 'late', elapsed: 3000 });
    expect(result.events.find((e) => e.type === 'TaskSubmitted')?.taskSubmittedEventDetails?.output).toBe(
      '{"MessageId":"m"}',
    );
  });

  it('may be answered before the call returns', async () => {
    const result = await runMachine(send(), {}, async (request, { tokens }) => {
      tokens.sendTaskFailure(request.taskToken!, 'Mine', 'why');
      return { MessageId: 'm' };
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'Mine', cause: 'why' });
    expect(result.events.find((e) => e.type === 'TaskSubmitted')?.taskSubmittedEventDetails?.output).toBe(
      '{"MessageId":"m"}',
    );
  });

  it('times out by heartbeat, which heartbeats put off', async () => {
    const result = await runMachine(send({ HeartbeatSeconds: 2 }), {}, async (request, { clock, tokens }) => {
      for (const at of [1500, 3000]) clock.sleep(at).then(() => tokens.sendTaskHeartbeat(request.taskToken!));
      return {};
    });
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.HeartbeatTimeout', elapsed: 5000 });
  });

  it('is not ended by a token that nobody waits for', async () => {
    const result = await runMachine(send({ TimeoutSeconds: 1 }), {}, async (_, { tokens }) => {
      expect(tokens.sendTaskSuccess('other', {})).toBe(false);
      expect(tokens.sendTaskHeartbeat('other')).toBe(false);
      return {};
    });
    expect(result.error).toBe('States.Timeout');
  });
});

describe('Catch', () => {
  const caught = (ErrorEquals: readonly string[]): JsonObject =>
    machine({
      T: invoke(1, { Catch: [{ ErrorEquals, Next: 'C', Assign: { e: '{% $states.errorOutput %}' } }] }),
      C: { Type: 'Pass', Output: '{% $e.Error & ":" & $states.input.Cause %}', End: true },
    });
  it.each([
    ['Mine', 'Mine', true],
    ['Mine', 'States.ALL', true],
    ['Mine', 'States.TaskFailed', true],
    ['Mine', 'Other', false],
    ['States.Timeout', 'States.TaskFailed', false],
    ['States.Timeout', 'States.ALL', true],
    ['States.HeartbeatTimeout', 'States.Timeout', true],
    ['States.DataLimitExceeded', 'States.ALL', false],
    ['States.DataLimitExceeded', 'States.DataLimitExceeded', true],
    ['States.Runtime', 'States.Runtime', false],
    ['States.QueryEvaluationError', 'States.TaskFailed', true],
  ])('%s by %s: %s', async (error, name, isCaught) => {
    const result = await runMachine(caught([name]), {}, async () => {
      throw taskError(error, 'c');
    });
    expect(result).toMatchObject(
      isCaught ? { status: 'SUCCEEDED', output: `${error}:c` } : { status: 'FAILED', error },
    );
  });

  it('takes a failed evaluation of Output', async () => {
    const Catch = [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'C', Output: 'caught' }];
    const states = { T: invoke(1, { Output: '{% $states.result.no %}', Catch }), C: { Type: 'Succeed' } };
    expect((await runMachine(machine(states))).output).toBe('caught');
  });
});

describe('the end of the execution', () => {
  it('comes by its own timeout', async () => {
    const result = await runMachine(machine({ T: invoke(1) }, { TimeoutSeconds: 30 }), {}, never);
    expect(result).toMatchObject({ status: 'TIMED_OUT', elapsed: 30_000 });
    expect(typesOf(result).slice(-2)).toEqual(['TaskStateAborted', 'ExecutionTimedOut']);
  });

  it('comes by abort, past every Catch and Retry', async () => {
    const controller = new AbortController();
    const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'T' }];
    const Retry = [{ ErrorEquals: ['States.ALL'] }];
    const states = {
      M: {
        Type: 'Map',
        Items: [1, 2],
        ItemProcessor: machine({ T2: invoke(1, { Retry }) }),
        Catch,
        Next: 'T',
      },
      T: invoke(1),
    };
    const stop: Handler = async (_, { clock }) => {
      clock.sleep(10).then(() => controller.abort(taskError('Stopped', 'by hand')));
      return new Promise(() => {});
    };
    const result = await runMachine(machine(states), {}, stop, { signal: controller.signal });
    expect(result).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'by hand', elapsed: 10 });
    expect(typesOf(result).slice(-2)).toEqual(['MapStateAborted', 'ExecutionAborted']);
  });

  it('comes at once when aborted before', async () => {
    const result = await runMachine(machine({ T: invoke(1) }), {}, never, { signal: AbortSignal.abort() });
    expect(typesOf(result)).toEqual(['ExecutionStarted', 'ExecutionAborted']);
  });

  it('comes with event 25,000', async () => {
    const states = {
      A: { Type: 'Pass', Next: 'B' },
      B: { Type: 'Choice', Choices: [{ Condition: true, Next: 'A' }], Default: 'C' },
      C: { Type: 'Succeed' },
    };
    const result = await runMachine(machine(states));
    expect(result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(result.events).toHaveLength(25_000);
    expect(result.events.at(-1)).toMatchObject({ id: 25_000, type: 'ExecutionFailed' });
  });

  it.each([
    [262_144 - 2, 'SUCCEEDED'],
    [262_144 - 1, 'FAILED'],
  ])('comes with a payload of more than 256 KiB (%i)', async (length, status) => {
    const result = await runMachine(
      machine({ T: invoke(length, { Output: '{% $states.result %}' }) }),
      {},
      async (request) => 'x'.repeat(Number(payloadOf(request))),
    );
    expect(result.status).toBe(status);
    if (status === 'FAILED') expect(result.error).toBe('States.DataLimitExceeded');
  });

  it('counts bytes of UTF-8', async () => {
    const result = await runMachine(machine({ T: invoke(1) }), {}, async () => 'é'.repeat(140_000));
    expect(result.error).toBe('States.DataLimitExceeded');
  });
});

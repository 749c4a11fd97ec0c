/** The Task state: arguments in, events of its kind of resource, result out. */

import type { HistoryEventDetails } from '../asl/history-event.ts';
import type { JsonValue } from '../asl/json.ts';
import type { ExpressionScope } from '../asl/jsonata.ts';
import type { PreparedTask } from './prepared.ts';
import { type Attempts, recover } from './recovery.ts';
import { Cancelled, dataLimitExceeded, ERRORS, StateFailure } from './state-failure.ts';
import { callTask, type TaskOutcome } from './task-call.ts';
import { evaluateTyped, type Template, whenReady, wrongType } from './template.ts';
import { evaluateField, type Leaving, NOT_TRUNCATED, REGION, scopeOf, type Visit } from './visit.ts';

type TaskVisit = Visit<PreparedTask>;

const ATTEMPTS: Attempts<PreparedTask> = {
  attempt,
  succeeded: () => {},
  failed: () => {},
  aborted: ({ frame }) => void frame.run.history.follow(frame.trail, 'TaskStateAborted'),
};

export function runTask(visit: TaskVisit): Promise<Leaving> {
  return recover(visit, ATTEMPTS);
}

interface Settings {
  readonly input: JsonValue;
  readonly roleArn: string | undefined;
  readonly timeoutSeconds: number | undefined;
  readonly heartbeatSeconds: number | undefined;
  /** Whether any of these is given. */
  readonly isLimited: boolean;
}

async function attempt(visit: TaskVisit): Promise<JsonValue> {
  const { frame, state } = visit;
  const { run, cancel } = frame;
  const { suffix, kind } = state.resource;
  const hasToken = suffix !== '' || kind === 'activity';
  visit.taskToken = hasToken ? run.uuid() : undefined;
  const evaluated = evaluateSettings(visit);
  const settings = evaluated instanceof Promise ? await evaluated : evaluated;
  cancel.throwIfCancelled();
  const writer = taskEvents(visit, settings);
  writer.started();
  const { timeoutSeconds, heartbeatSeconds } = settings;
  const outcome = await callTask(run, cancel, {
    request: {
      resource: state.arn,
      arguments: settings.input,
      stateName: state.name,
      executionArn: run.arn,
      executionName: run.name,
      ...(visit.taskToken === undefined ? {} : { taskToken: visit.taskToken }),
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
      ...(heartbeatSeconds === undefined || !hasToken ? {} : { heartbeatSeconds }),
    },
    endsByToken: suffix === '.waitForTaskToken',
    writeSubmitted: suffix === '' ? undefined : writer.submitted,
  });
  return conclude(visit, outcome, writer);
}

function conclude(visit: TaskVisit, outcome: TaskOutcome, writer: TaskEvents): JsonValue {
  if (outcome.kind === 'cancelled') throw new Cancelled();
  if (outcome.kind !== 'succeeded') {
    writer.ended(outcome);
    throw new StateFailure(outcome.error, outcome.cause);
  }
  const { payloads } = visit.frame.run;
  const result = payloads.adopt(outcome.output);
  const failure =
    result === undefined
      ? new StateFailure(ERRORS.runtime, 'The result of the task is not JSON')
      : payloads.isTooLarge(result)
        ? dataLimitExceeded(visit.state.resource.resource)
        : undefined;
  if (result === undefined || failure !== undefined) {
    writer.ended({ kind: 'failed', error: failure?.error ?? ERRORS.runtime, cause: failure?.reason });
    throw failure;
  }
  writer.succeeded(result);
  return result;
}

function evaluateSettings(visit: TaskVisit): Settings | Promise<Settings> {
  const { state, frame } = visit;
  const scope = scopeOf(visit);
  const given = evaluateField(visit, state.arguments, visit.input, scope);
  return whenReady(given, (input) => {
    if (frame.run.payloads.isTooLarge(input)) throw dataLimitExceeded(state.name);
    const { role, timeout, heartbeat } = state;
    if (role === undefined && timeout === undefined && heartbeat === undefined)
      return {
        input,
        roleArn: undefined,
        timeoutSeconds: undefined,
        heartbeatSeconds: undefined,
        isLimited: false,
      };
    return evaluateLimits(visit, scope, input);
  });
}

async function evaluateLimits(visit: TaskVisit, scope: ExpressionScope, input: JsonValue): Promise<Settings> {
  const { role, timeout, heartbeat } = visit.state;
  const seconds = async (template: Template | undefined) => {
    if (template === undefined) return undefined;
    const value = await evaluateTyped('number', template, scope, visit);
    if (!Number.isInteger(value) || value <= 0) throw wrongType(template, visit, 'positive integer', value);
    return value;
  };
  return {
    input,
    roleArn: role && (await evaluateTyped('string', role, scope, visit)),
    timeoutSeconds: await seconds(timeout),
    heartbeatSeconds: await seconds(heartbeat),
    isLimited: true,
  };
}

type Ended = Extract<TaskOutcome, { readonly kind: 'failed' | 'timedOut' }>;

interface TaskEvents {
  readonly started: () => void;
  readonly submitted: (output: unknown) => void;
  readonly succeeded: (output: JsonValue) => void;
  readonly ended: (outcome: Ended) => void;
}

/** Functions and activities named by their ARN have events of their own; all else has Task events. */
function taskEvents(visit: TaskVisit, settings: Settings): TaskEvents {
  const { kind } = visit.state.resource;
  if (kind === 'lambda') return directEvents(visit, settings, 'lambdaFunction', 'LambdaFunction');
  if (kind === 'activity') return directEvents(visit, settings, 'activity', 'Activity');
  return serviceEvents(visit, settings);
}

function scheduledLimits(settings: Settings) {
  const { timeoutSeconds, heartbeatSeconds, roleArn } = settings;
  return {
    ...(timeoutSeconds === undefined ? {} : { timeoutInSeconds: timeoutSeconds }),
    ...(heartbeatSeconds === undefined ? {} : { heartbeatInSeconds: heartbeatSeconds }),
    ...(roleArn === undefined ? {} : { taskCredentials: { roleArn } }),
  };
}

function errorDetails({ error, cause }: Ended) {
  return { error, ...(cause === undefined ? {} : { cause }) };
}

function serviceEvents(visit: TaskVisit, settings: Settings): TaskEvents {
  const { run, trail } = visit.frame;
  const { history, payloads } = run;
  const { resourceType, resource } = visit.state.resource;
  const service = { resourceType, resource };
  const withOutput = (output: JsonValue) => ({
    resourceType,
    resource,
    get output() {
      return payloads.text(output);
    },
    outputDetails: NOT_TRUNCATED,
  });
  return {
    started: () => {
      const scheduled = {
        resourceType,
        resource,
        region: REGION,
        get parameters() {
          return payloads.text(settings.input);
        },
        ...(settings.isLimited ? scheduledLimits(settings) : undefined),
      };
      history.follow(trail, 'TaskScheduled', { taskScheduledEventDetails: scheduled });
      history.follow(trail, 'TaskStarted', { taskStartedEventDetails: service });
    },
    submitted: (output) => {
      const details = withOutput(payloads.adopt(output) ?? null);
      history.follow(trail, 'TaskSubmitted', { taskSubmittedEventDetails: details });
    },
    succeeded: (output) =>
      void history.follow(trail, 'TaskSucceeded', { taskSucceededEventDetails: withOutput(output) }),
    ended: (outcome) => {
      const details = { ...service, ...errorDetails(outcome) };
      if (outcome.kind === 'failed') history.follow(trail, 'TaskFailed', { taskFailedEventDetails: details });
      else history.follow(trail, 'TaskTimedOut', { taskTimedOutEventDetails: details });
    },
  };
}

function directEvents(
  visit: TaskVisit,
  settings: Settings,
  field: 'lambdaFunction' | 'activity',
  type: 'LambdaFunction' | 'Activity',
): TaskEvents {
  const { run, trail } = visit.frame;
  const { history, payloads } = run;
  const details = (what: string, value: object): HistoryEventDetails => ({
    [`${field}${what}EventDetails`]: value,
  });
  return {
    started: () => {
      const scheduled = {
        resource: visit.state.arn,
        get input() {
          return payloads.text(settings.input);
        },
        inputDetails: NOT_TRUNCATED,
        ...scheduledLimits(settings),
      };
      history.follow(trail, `${type}Scheduled`, details('Scheduled', scheduled));
      history.follow(trail, `${type}Started`, type === 'Activity' ? details('Started', {}) : undefined);
    },
    submitted: () => {},
    succeeded: (result) => {
      const succeeded = {
        get output() {
          return payloads.text(result);
        },
        outputDetails: NOT_TRUNCATED,
      };
      history.follow(trail, `${type}Succeeded`, details('Succeeded', succeeded));
    },
    ended: (outcome) => {
      const what = outcome.kind === 'failed' ? 'Failed' : 'TimedOut';
      history.follow(trail, `${type}${what}`, details(what, errorDetails(outcome)));
    },
  };
}

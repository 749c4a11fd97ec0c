/** What shows how the runtime does: alarms with a topic to subscribe to, and a dashboard. */
import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as Handler } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { FunctionName } from '../aws/environment.ts';
import { FUNCTION_NAMES, type Functions } from './functions.ts';
import type { Names } from './names.ts';
import { EVENT_FUNCTIONS } from './triggers.ts';

export interface Observed {
  readonly names: Names;
  readonly functions: Functions;
  readonly deadLetters: readonly Queue[];
  readonly ruleNames: readonly string[];
}

export interface Observability {
  readonly alarms: Topic;
  readonly dashboard: Dashboard;
}

const period = Duration.minutes(5);

export function makeObservability(scope: Construct, observed: Observed): Observability {
  const alarms = new Topic(scope, 'Alarms', { displayName: 'Argosy', enforceSSL: true });
  alarms.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [alarms.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': alarms.stack.account } },
    }),
  );
  for (const { id, name, metric, description } of alarmsOf(observed)) {
    const alarm = new Alarm(scope, id, {
      alarmName: `${observed.names.prefix}${name}`,
      alarmDescription: description,
      metric,
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(alarms));
  }
  return { alarms, dashboard: makeDashboard(scope, observed) };
}

interface AlarmProps {
  readonly id: string;
  readonly name: string;
  readonly metric: IMetric;
  readonly description: string;
}

/**
 * Five, not one for each resource, since each costs money at rest. Errors of `stage` and the like are no
 * alarm: a step that fails by its own fault fails there.
 */
function alarmsOf({ functions, deadLetters, ruleNames }: Observed): readonly AlarmProps[] {
  const steps = FUNCTION_NAMES.filter((name) => !isEventFunction(name)).map((name) => functions[name]);
  const visible = (queue: Queue) =>
    queue.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' });
  return [
    {
      id: 'DeadLettersAlarm',
      name: 'dead-letters',
      metric: sum(deadLetters.map(visible), 'events given up'),
      description: 'An event could not be handled: it waits in one of the dead-letter queues of this stack.',
    },
    {
      id: 'EventErrorsAlarm',
      name: 'event-errors',
      metric: sum(
        eventHandlers(functions).map((one) => one.metricErrors({ period })),
        'errors',
      ),
      description: 'submit, exit-handler or schedule failed: its log says why. Lambda tries twice again.',
    },
    {
      id: 'UndeliveredAlarm',
      name: 'undelivered-events',
      metric: sum(
        ruleNames.map((RuleName) => eventMetric('FailedInvocations', { RuleName })),
        'undelivered',
      ),
      description: 'EventBridge could not call the target of a rule of this stack.',
    },
    {
      id: 'FunctionThrottlesAlarm',
      name: 'function-throttles',
      metric: sum(
        steps.map((one) => one.metricThrottles({ period })),
        'throttles',
      ),
      description: "Steps wait for functions: the account's Lambda concurrency is used up.",
    },
    {
      id: 'TransitionThrottlesAlarm',
      name: 'transition-throttles',
      metric: THROTTLED_TRANSITIONS,
      description: "Runs are slowed down: the account's Step Functions state transitions are used up.",
    },
  ];
}

/** Of the whole account and region, as the quota is. */
const THROTTLED_TRANSITIONS = new Metric({
  namespace: 'AWS/States',
  metricName: 'ThrottledEvents',
  dimensionsMap: { ServiceMetric: 'StateTransition' },
  statistic: 'Sum',
  period,
});

function isEventFunction(name: FunctionName): boolean {
  return (EVENT_FUNCTIONS as readonly FunctionName[]).includes(name);
}

function eventHandlers(functions: Functions): readonly Handler[] {
  return EVENT_FUNCTIONS.map((name) => functions[name]);
}

function eventMetric(metricName: string, dimensionsMap: Record<string, string>): Metric {
  return new Metric({ namespace: 'AWS/Events', metricName, dimensionsMap, statistic: 'Sum', period });
}

/** CloudWatch adds up at most ten metrics in an alarm. */
function sum(metrics: readonly IMetric[], label: string): MathExpression {
  const named = metrics.map((metric, index) => [`m${index}`, metric] as const);
  return new MathExpression({
    expression: named.map(([name]) => `FILL(${name}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(named),
    label,
    period,
  });
}

function makeDashboard(scope: Construct, { names, functions, deadLetters }: Observed): Dashboard {
  const dashboard = new Dashboard(scope, 'Dashboard', { dashboardName: `${names.prefix}runs` });
  const machines = (metric: string) => found(`{AWS/States,StateMachineArn} "${metric}" "${names.prefix}wf"`);
  const tasks = (metric: string) =>
    found(`{ECS/ContainerInsights,ClusterName} "${metric}" "${names.cluster}"`, 'Average');
  const all = FUNCTION_NAMES.map((name) => functions[name]);
  const graph = (title: string, left: readonly IMetric[]) =>
    new GraphWidget({ title, left: [...left], width: 8, height: 6 });
  const ends = [
    'ExecutionsStarted',
    'ExecutionsSucceeded',
    'ExecutionsFailed',
    'ExecutionsAborted',
    'ExecutionsTimedOut',
  ];
  dashboard.addWidgets(
    graph(
      'Runs and their parts',
      ends.map((metric) => machines(metric)(metric.replace('Executions', ''))),
    ),
    graph('Running tasks', [tasks('RunningTaskCount')('running')]),
    graph('Transitions that had to wait', [machines('ExecutionThrottled')('runs'), THROTTLED_TRANSITIONS]),
  );
  dashboard.addWidgets(
    graph(
      'Calls of functions',
      all.map((one) => one.metricInvocations({ period })),
    ),
    graph(
      'Errors of functions',
      all.map((one) => one.metricErrors({ period })),
    ),
    graph(
      'Events given up',
      deadLetters.map((queue) => queue.metricApproximateNumberOfMessagesVisible({ period })),
    ),
  );
  return dashboard;
}

/** The sum over machines that did not exist when the stack was made. */
function found(search: string, statistic = 'Sum'): (label: string) => MathExpression {
  return (label) =>
    new MathExpression({
      expression: `SUM(SEARCH('${search}', '${statistic}', ${period.toSeconds()}))`,
      usingMetrics: {},
      label,
      period,
    });
}

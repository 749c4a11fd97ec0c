/** Step Functions through the SDK. */
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { HistoryEvent } from '../asl/history-event.ts';
import { type ExecutionInfo, isNamed, type States } from './clients.ts';

const PAGE = 1000;

export function sdkStates(client: SFNClient): States {
  return {
    sendTaskSuccess: async (taskToken, output) =>
      void (await client.send(new SendTaskSuccessCommand({ taskToken, output }))),
    sendTaskFailure: async (taskToken, error, cause) =>
      void (await client.send(new SendTaskFailureCommand({ taskToken, error, cause }))),
    startExecution: async (stateMachineArn, name, input) => {
      const started = await client.send(new StartExecutionCommand({ stateMachineArn, name, input }));
      return { executionArn: started.executionArn ?? '' };
    },
    stopExecution: async (executionArn, error, cause) =>
      void (await client.send(new StopExecutionCommand({ executionArn, error, cause }))),
    describeExecution: async (executionArn) => {
      try {
        return infoOf(await client.send(new DescribeExecutionCommand({ executionArn })));
      } catch (error) {
        if (isNamed(error, 'ExecutionDoesNotExist')) return undefined;
        throw error;
      }
    },
    history: async (executionArn, nextToken) => {
      const page = await client.send(
        new GetExecutionHistoryCommand({ executionArn, maxResults: PAGE, ...(nextToken && { nextToken }) }),
      );
      // The reader's events are those of the SDK, but for fields that may be undefined there.
      const events = (page.events ?? []) as unknown as readonly HistoryEvent[];
      return { events, ...(page.nextToken && { nextToken: page.nextToken }) };
    },
    createStateMachine: async ({ name, definition, roleArn, logGroupArn }) => {
      const made = await client.send(
        new CreateStateMachineCommand({
          name,
          definition,
          roleArn,
          type: 'STANDARD',
          loggingConfiguration: {
            level: 'ALL',
            includeExecutionData: true,
            destinations: [
              { cloudWatchLogsLogGroup: { logGroupArn: `${logGroupArn.replace(/:\*$/, '')}:*` } },
            ],
          },
          tracingConfiguration: { enabled: true },
          tags: [{ key: 'argosy', value: 'workflow' }],
        }),
      );
      return { machineArn: made.stateMachineArn ?? '' };
    },
  };
}

function infoOf(found: DescribeExecutionCommandOutput): ExecutionInfo {
  return {
    executionArn: found.executionArn ?? '',
    name: found.name ?? '',
    machineArn: found.stateMachineArn ?? '',
    status: found.status ?? 'RUNNING',
    startedAt: found.startDate ?? new Date(0),
    ...(found.stopDate && { stoppedAt: found.stopDate }),
    ...(found.input !== undefined && { input: found.input }),
    ...(found.output !== undefined && { output: found.output }),
    ...(found.error !== undefined && { error: found.error }),
    ...(found.cause !== undefined && { cause: found.cause }),
  };
}

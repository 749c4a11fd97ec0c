/** EventBridge Scheduler through the SDK. */
import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  ListSchedulesCommand,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { isNamed, type Schedules } from './clients.ts';

export function sdkSchedules(client: SchedulerClient): Schedules {
  return {
    put: async (group, schedule) => {
      const input: CreateScheduleCommandInput = {
        GroupName: group,
        Name: schedule.name,
        Description: schedule.description.slice(0, 512),
        ScheduleExpression: schedule.expression,
        ScheduleExpressionTimezone: schedule.timezone,
        FlexibleTimeWindow: { Mode: 'OFF' },
        State: schedule.enabled ? 'ENABLED' : 'DISABLED',
        Target: {
          Arn: schedule.targetArn,
          RoleArn: schedule.roleArn,
          Input: schedule.input,
          // A firing that comes late is judged by startingDeadlineSeconds; a day late it is of no use.
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 20 },
        },
      };
      try {
        await client.send(new UpdateScheduleCommand(input));
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error;
        await client.send(new CreateScheduleCommand(input));
      }
    },
    delete: async (GroupName, Name) => {
      try {
        await client.send(new DeleteScheduleCommand({ GroupName, Name }));
      } catch (error) {
        if (!isNamed(error, 'ResourceNotFoundException')) throw error;
      }
    },
    list: async (GroupName, NamePrefix) => {
      const found: string[] = [];
      let NextToken: string | undefined;
      do {
        const page = await client.send(
          new ListSchedulesCommand({ GroupName, NamePrefix, ...(NextToken && { NextToken }) }),
        );
        found.push(...(page.Schedules ?? []).map(({ Name }) => Name ?? ''));
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },
  };
}

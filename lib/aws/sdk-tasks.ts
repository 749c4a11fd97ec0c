/** ECS through the SDK. */
import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import { isNamed, type RunningTask, type Tasks } from './clients.ts';

/** DescribeTasks takes so many. */
const PAGE = 100;

export function sdkTasks(client: ECSClient): Tasks {
  return {
    register: async (definition) => {
      const input = definition as unknown as RegisterTaskDefinitionCommandInput;
      const made = await client.send(new RegisterTaskDefinitionCommand(input));
      return made.taskDefinition?.taskDefinitionArn ?? '';
    },
    running: async (cluster) => {
      const found: RunningTask[] = [];
      let nextToken: string | undefined;
      do {
        const page = await client.send(
          new ListTasksCommand({ cluster, maxResults: PAGE, ...(nextToken && { nextToken }) }),
        );
        const tasks = page.taskArns ?? [];
        if (tasks.length > 0) {
          const described = await client.send(
            new DescribeTasksCommand({ cluster, tasks, include: ['TAGS'] }),
          );
          found.push(...(described.tasks ?? []).map(runningTask));
        }
        nextToken = page.nextToken;
      } while (nextToken);
      return found;
    },
    stop: async (cluster, task, reason) => {
      try {
        await client.send(new StopTaskCommand({ cluster, task, reason }));
      } catch (error) {
        // It has stopped by itself.
        if (!isNamed(error, 'InvalidParameterException', 'ClientException')) throw error;
      }
    },
  };
}

function runningTask(task: Task): RunningTask {
  const variables = (task.overrides?.containerOverrides ?? []).flatMap((one) => one.environment ?? []);
  return {
    taskArn: task.taskArn ?? '',
    ...(task.startedBy !== undefined && { startedBy: task.startedBy }),
    tags: Object.fromEntries((task.tags ?? []).map(({ key, value }) => [key ?? '', value ?? ''])),
    environment: Object.fromEntries(variables.map(({ name, value }) => [name ?? '', value ?? ''])),
  };
}

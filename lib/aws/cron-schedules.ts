/** CronWorkflows as schedules of EventBridge Scheduler, in the stack's own group. */
import type { CronWorkflow } from '../argo/workflow.ts';
import type { AwsWorld } from './aws-world.ts';
import { schedulerExpressions } from './cron-expression.ts';
import { keyHash } from './row-time.ts';

/** What a firing tells the schedule function. */
export interface Firing {
  /** The uploaded file that holds the CronWorkflow. */
  readonly file: string;
  readonly namespace: string;
  readonly name: string;
  readonly schedule: string;
  /** RFC 3339: the time for which the schedule fired. */
  readonly time: string;
}

const LONGEST_NAME = 64;

export async function putSchedules(world: AwsWorld, file: string, cron: CronWorkflow): Promise<void> {
  const { environment, clients } = world;
  const { partition, region, account, prefix, schedulerRole, scheduleGroup } = environment;
  const { name = '', namespace = 'default' } = cron.metadata;
  const { schedules = [], timezone = '', suspend } = cron.spec;
  const kept = new Set<string>();
  for (const schedule of schedules) {
    const translated = schedulerExpressions(schedule, timezone);
    if (!translated.ok) {
      clients.log({ level: 'error', message: translated.error, cron: name, schedule });
      continue;
    }
    for (const one of translated.expressions) {
      // Scheduler fills in the time:
      // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
      const firing: Firing = { file, namespace, name, schedule, time: '<aws.scheduler.scheduled-time>' };
      const hash = keyHash(one.expression + one.timezone).slice(0, 10);
      const scheduleName = `${beginning(namespace, name)}${hash}`;
      kept.add(scheduleName);
      await clients.schedules.put(scheduleGroup, {
        ...one,
        name: scheduleName,
        enabled: suspend !== true,
        description: `CronWorkflow ${namespace}/${name}: ${schedule}`,
        input: JSON.stringify(firing),
        targetArn: `arn:${partition}:lambda:${region}:${account}:function:${prefix}schedule`,
        roleArn: schedulerRole,
      });
    }
  }
  await deleteBut(world, namespace, name, kept);
}

export async function removeSchedules(world: AwsWorld, namespace: string, name: string): Promise<void> {
  await deleteBut(world, namespace, name, new Set());
}

/** Names of Scheduler know letters, digits, `-`, `_` and `.` only. */
function beginning(namespace: string, name: string): string {
  const hash = keyHash(`${namespace}/${name}`).slice(0, 10);
  return `${name.replace(/[^\w.-]/g, '-').slice(0, LONGEST_NAME - 22)}-${hash}-`;
}

async function deleteBut(
  world: AwsWorld,
  namespace: string,
  name: string,
  kept: ReadonlySet<string>,
): Promise<void> {
  const { clients, environment } = world;
  const found = await clients.schedules.list(environment.scheduleGroup, beginning(namespace, name));
  for (const one of found) if (!kept.has(one)) await clients.schedules.delete(environment.scheduleGroup, one);
}

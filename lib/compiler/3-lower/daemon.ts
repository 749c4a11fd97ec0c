/** Lowers the end of daemons: the enclosing template's last states stop what it left running. */
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { type Body, originOf } from './body.ts';
import { condition, phaseIn } from './condition.ts';
import { stateName } from './names.ts';
import type { Step } from './plan.ts';
import { isOnEks, stopJob } from './run-job.ts';
import { expression } from './value.ts';

const STOP_TASK = 'arn:aws:states:::aws-sdk:ecs:stopTask';

/** Whether a call of the template leaves a daemon behind. */
function isDaemon(template: BundleTemplate | undefined): boolean {
  return template?.template.daemon === true;
}

/** `outcomes` are the members' names and the variables that hold their outcomes. */
export function lowerDaemonEnds(
  body: Body,
  outcomes: readonly (readonly [name: string, variable: string])[],
): readonly Step[] {
  const { bundle, options } = body.lowering;
  return outcomes.flatMap(([name, held]): readonly Step[] => {
    if (!isDaemon(bundle.templates[body.template.calls[name] ?? ''])) return [];
    const path = [...body.path, name];
    const task = `$exists($${held}.task) ? $${held}.task : $exists($${held}.attempt) ? $${held}.attempt : $${held}.node`;
    return [
      {
        kind: 'choice',
        name: stateName(path, 'daemon?'),
        origin: originOf(body, name),
        rules: [
          {
            condition: condition(phaseIn(held, ['Running'])),
            steps: isOnEks(body.lowering, originOf(body, name))
              ? [stopJob(path, originOf(body, name), held)]
              : [
                  {
                    kind: 'task',
                    name: stateName(path, 'stop daemon'),
                    origin: originOf(body, name),
                    resource: STOP_TASK,
                    arguments: {
                      Cluster: `${options.prefix}cluster`,
                      Task: expression(task),
                      Reason: 'the template that started this daemon has ended',
                    },
                    // A daemon that has ended by itself needs no end.
                    catch: [{ errors: ['States.ALL'] }],
                  },
                ],
          },
        ],
        otherwise: {},
      },
    ];
  });
}

/** Lowers the run of a leaf on EKS: its Job, and the end of a daemon's. */
import { runsOnEks } from '../../evaluate/bundle.ts';
import { NODE_ANNOTATION, TASK_ANNOTATION, TOKEN_ANNOTATION } from '../../protocol/run-job.ts';
import { WAIT_CONTAINER } from '../../protocol/run-task.ts';
import type { Lowering } from './body.ts';
import { type Path, stateName } from './names.ts';
import type { Origin, TaskStep } from './plan.ts';
import { expression, member, optional, textOf, type Value, variable } from './value.ts';

const RUN_JOB = 'arn:aws:states:::eks:runJob.sync';
const CALL = 'arn:aws:states:::eks:call';
const TOKEN = '$states.context.Task.Token';

/** Which cluster it is stands in the runtime's configuration; lib/aws/bind-job.ts puts it in. */
const CLUSTER = { ClusterName: 'CLUSTER', CertificateAuthority: 'CERTIFICATE', Endpoint: 'https://ENDPOINT' };

/** The API server took nothing in yet. After any other error the Job may be there, and would run twice. */
const RUN_JOB_RETRY = [
  {
    ErrorEquals: ['EKS.429', 'EKS.503'],
    IntervalSeconds: 5,
    MaxAttempts: 8,
    BackoffRate: 2,
    MaxDelaySeconds: 120,
    JitterStrategy: 'FULL' as const,
  },
];

/** Kept for those who look into the cluster, an hour after its end. */
const KEPT_SECONDS = 3600;

/**
 * The exit code of `wait` becomes the message of the Job's condition, for whoever got no answer to the token:
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 */
const FAILURE_POLICY = {
  rules: [1, 2, 3].map((code) => ({
    action: 'FailJob',
    onExitCodes: { containerName: WAIT_CONTAINER, operator: 'In', values: [code] },
  })),
};

/** Whether the leaf that a state runs, which its origin names or calls, runs on EKS. */
export function isOnEks({ bundle }: Lowering, { template, member: name }: Origin): boolean {
  const own = bundle.templates[template];
  const called = name === undefined ? undefined : bundle.templates[own?.calls[name] ?? ''];
  const leaf = called ?? own;
  return leaf !== undefined && runsOnEks(bundle, leaf.template);
}

export function runJob(
  site: { readonly node: Value; readonly outcome: string; readonly path: Path; readonly isDaemon: boolean },
  staged: string,
  origin: Origin,
): TaskStep {
  const task = variable(staged);
  const of = (...keys: readonly string[]) => member(task, 'job', ...keys);
  const known = { [TASK_ANNOTATION]: member(task, 'key'), [NODE_ANNOTATION]: site.node };
  const told = textOf({ ...known, [TOKEN_ANNOTATION]: expression(TOKEN) });
  return {
    kind: 'task',
    name: stateName(site.path),
    origin,
    resource: RUN_JOB,
    arguments: {
      ...CLUSTER,
      Namespace: of('namespace'),
      LogOptions: { RetrieveLogs: false },
      Job: {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: {
          name: expression(`${textOf(of('name'))} & "-" & $substring($hash(${TOKEN}, "SHA-256"), 0, 8)`),
          labels: of('labels'),
          annotations: known,
        },
        spec: {
          backoffLimit: 0,
          ttlSecondsAfterFinished: KEPT_SECONDS,
          activeDeadlineSeconds: optional(of('activeDeadlineSeconds')),
          podFailurePolicy: FAILURE_POLICY,
          template: {
            metadata: {
              labels: of('labels'),
              annotations: expression(`$merge([${textOf(of('annotations'))}, ${told}])`),
            },
            spec: of('podSpec'),
          },
        },
      },
    },
    // A daemon answers when it is ready, and goes on.
    assign: {
      [site.outcome]: expression('$states.result', {
        phases: site.isDaemon ? ['Running', 'Succeeded'] : ['Succeeded'],
      }),
    },
    retry: RUN_JOB_RETRY,
  };
}

/** Ends the Job of a daemon, whose outcome says `NAMESPACE/NAME` of it. */
export function stopJob(path: Path, origin: Origin, held: string): TaskStep {
  const [namespace, name] = [0, 1].map((part) => `$split($${held}.task, "/")[${part}]`);
  return {
    kind: 'task',
    name: stateName(path, 'stop daemon'),
    origin,
    resource: CALL,
    arguments: {
      ...CLUSTER,
      Method: 'DELETE',
      Path: expression(`"/apis/batch/v1/namespaces/" & ${namespace} & "/jobs/" & ${name}`),
      QueryParameters: { propagationPolicy: ['Background'] },
    },
    // A daemon that has ended by itself needs no end.
    catch: [{ errors: ['States.ALL'] }],
  };
}

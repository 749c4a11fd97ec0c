/** Deletes the Jobs of a run on EKS that nobody waits for any more. */
import { isLeaf } from '../argo/template.ts';
import { runsOnEks } from '../evaluate/bundle.ts';
import { isSuccess, serverError } from '../kubernetes/status-error.ts';
import { RUN_LABEL } from '../protocol/run-job.ts';
import type { AwsWorld } from './aws-world.ts';
import type { RunRecord } from './run-index.ts';

interface Job {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Those that have ended stay for a while, for whoever looks into the cluster. */
export async function deleteJobs(world: AwsWorld, uid: string): Promise<number> {
  const { cluster, environment, runs } = world;
  const record = cluster === undefined ? undefined : await runs.get(uid);
  if (cluster === undefined || record === undefined || !(await hasJobs(world, record))) return 0;
  const namespace = environment.eksNamespace || record.run.namespace;
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  const response = await cluster.api({
    method: 'GET',
    path,
    query: { labelSelector: `${RUN_LABEL}=${uid}` },
  });
  if (!isSuccess(response)) throw serverError(response);
  const { items = [] } = JSON.parse(response.body) as { readonly items?: readonly Job[] };
  const running = items.filter((job) => !isOver(job));
  for (const { metadata } of running) {
    const deleted = await cluster.api({
      method: 'DELETE',
      path: `${path}/${metadata.name}`,
      body: JSON.stringify({ propagationPolicy: 'Background' }),
    });
    if (!isSuccess(deleted) && deleted.status !== 404) throw serverError(deleted);
  }
  return running.length;
}

/** A run without Jobs must not fail to end because the cluster is away. */
async function hasJobs({ bundle: read }: AwsWorld, { bundle: id }: RunRecord): Promise<boolean> {
  const bundle = await read(id);
  return Object.values(bundle.templates).some(
    ({ template }) => isLeaf(template) && runsOnEks(bundle, template),
  );
}

function isOver({ status }: Job): boolean {
  const ends = ['Complete', 'Failed'];
  return (status?.conditions ?? []).some((one) => ends.includes(one.type) && one.status === 'True');
}

/** `kubectl delete`: asks for it, then waits until the objects are gone. */
import type { KubectlFlags } from '../evaluate/resource/kubectl-flags.ts';
import { objectPath } from './discovery.ts';
import type { Kubectl } from './kubectl.ts';
import { isSuccess, kubectlError, serverError } from './status-error.ts';
import type { Target } from './targets.ts';

const PAUSE_MS = 1_000;

/** What is not there counts as deleted: Argo always passes --ignore-not-found. */
export async function deleteAll(
  kubectl: Kubectl,
  flags: KubectlFlags,
  targets: readonly Target[],
): Promise<void> {
  if (flags.args.length === 1 && !flags.args[0]!.includes('/') && isUnbounded(flags))
    throw kubectlError('error: resource(s) were provided, but no name was specified');
  const paths = targets.map(({ type, namespace, name }) => objectPath(type, namespace, name));
  const uids = new Map<string, string>();
  for (const path of paths) {
    const uid = await deleteOne(kubectl, flags, path);
    if (uid !== undefined) uids.set(path, uid);
  }
  if (flags.wait && !flags.isDryRun) for (const path of paths) await untilGone(kubectl, path, uids.get(path));
}

function isUnbounded({ all, selector, fieldSelector }: KubectlFlags): boolean {
  return !all && selector === undefined && fieldSelector === undefined;
}

async function deleteOne(kubectl: Kubectl, flags: KubectlFlags, path: string): Promise<string | undefined> {
  const grace = flags.gracePeriodSeconds ?? (flags.force ? 0 : undefined);
  const body = {
    propagationPolicy: flags.propagation,
    ...(grace !== undefined && { gracePeriodSeconds: grace }),
    ...(flags.isDryRun && { dryRun: ['All'] }),
  };
  const response = await kubectl.api({ method: 'DELETE', path, body: JSON.stringify(body) });
  if (response.status === 404) return undefined;
  if (!isSuccess(response)) throw serverError(response);
  const answer = JSON.parse(response.body) as {
    readonly metadata?: { readonly uid?: string };
    readonly details?: { readonly uid?: string };
  };
  return answer.metadata?.uid ?? answer.details?.uid;
}

/** Another object that has got the same name since is not waited for. */
async function untilGone(kubectl: Kubectl, path: string, uid: string | undefined): Promise<void> {
  for (;;) {
    const response = await kubectl.api({ method: 'GET', path });
    if (response.status === 404) return;
    if (!isSuccess(response)) throw serverError(response);
    const { metadata } = JSON.parse(response.body) as { readonly metadata?: { readonly uid?: string } };
    if (uid !== undefined && metadata?.uid !== uid) return;
    await kubectl.sleep(PAUSE_MS);
  }
}

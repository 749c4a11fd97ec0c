/** `kubectl apply`: client-side with what was applied last, or server-side. */

import type { KubectlFlags } from '../evaluate/resource/kubectl-flags.ts';
import { PLAIN, threeWayPatch } from '../evaluate/resource/three-way-patch.ts';
import type { JsonObject } from '../protocol/json.ts';
import { collectionPath, objectPath } from './discovery.ts';
import { answered, type Kubectl, query } from './kubectl.ts';
import { lastApplied, withLastApplied } from './last-applied.ts';
import { MANIFEST_FILE, type ManifestObject } from './manifest.ts';
import { patchSchema, STRATEGIC } from './patch-schema.ts';
import { isSuccess, kubectlError, serverError } from './status-error.ts';

/** Others may change the object between reading and patching it. */
const MOST_TRIES = 5;
const PAUSE_MS = 1_000;

export async function apply(kubectl: Kubectl, flags: KubectlFlags, one: ManifestObject): Promise<string> {
  const { type, namespace, name, object } = one;
  if (name === '') {
    const { generateName = '' } = (object['metadata'] ?? {}) as { readonly generateName?: string };
    throw kubectlError(`error: from ${generateName}: cannot use generate name with apply`);
  }
  const path = objectPath(type, namespace, name);
  if (flags.serverSide) return await applyOnServer(kubectl, flags, path, object);
  const modified = withLastApplied(object);
  for (let attempt = 1; ; attempt += 1) {
    const found = await kubectl.api({ method: 'GET', path });
    if (found.status === 404) {
      const request = {
        method: 'POST',
        path: collectionPath(type, namespace),
        query: query(flags, 'kubectl-client-side-apply'),
        body: JSON.stringify(modified),
      } as const;
      return answered(await kubectl.api(request), `error when creating "${MANIFEST_FILE}"`);
    }
    if (!isSuccess(found))
      throw serverError(found, `error when retrieving current configuration of:\n${path}`);
    const current = JSON.parse(found.body) as JsonObject;
    const schema = await patchSchema(kubectl.api, type);
    const original = lastApplied(current) ?? {};
    const patch = threeWayPatch({ original, modified, current }, schema ?? PLAIN);
    if (Object.keys(patch).length === 0) return found.body;
    const response = await kubectl.api({
      method: 'PATCH',
      path,
      query: query(flags, 'kubectl-client-side-apply'),
      contentType: schema === undefined ? 'application/merge-patch+json' : STRATEGIC,
      body: JSON.stringify(patch),
    });
    if (response.status !== 409 || attempt >= MOST_TRIES)
      return answered(response, `error when applying patch:\n${JSON.stringify(patch)}`);
    await kubectl.sleep(PAUSE_MS);
  }
}

/** JSON is YAML. */
async function applyOnServer(
  kubectl: Kubectl,
  flags: KubectlFlags,
  path: string,
  object: JsonObject,
): Promise<string> {
  const response = await kubectl.api({
    method: 'PATCH',
    path,
    query: { ...query(flags, 'kubectl'), force: String(flags.forceConflicts) },
    contentType: 'application/apply-patch+yaml',
    body: JSON.stringify(object),
  });
  if (response.status !== 409) return answered(response);
  const { message } = serverError(response);
  throw kubectlError(message.replace(/^Error from server \(Conflict\): /, 'error: '), 409);
}

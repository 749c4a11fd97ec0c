/** kubectl's verbs on a manifest or on what flags name, with kubectl's requests and messages. */
import type { Action, KubectlFlags } from '../evaluate/resource/kubectl-flags.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { ApiRequest, ApiResponse, KubernetesApi } from './api.ts';
import { apply } from './apply.ts';
import { deleteAll } from './delete.ts';
import { collectionPath, objectPath, type ResourceTypes } from './discovery.ts';
import { withLastApplied } from './last-applied.ts';
import { MANIFEST_FILE, type ManifestObject, parsed, readManifest } from './manifest.ts';
import { STRATEGIC } from './patch-schema.ts';
import { isSuccess, kubectlError, messageOf, serverError } from './status-error.ts';
import { namedTargets, type Target } from './targets.ts';

export interface Kubectl {
  readonly api: KubernetesApi;
  readonly types: ResourceTypes;
  readonly defaultNamespace: string;
  readonly readYaml: (text: string) => unknown;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export interface Command {
  readonly action: Action;
  /** Empty: only flags say what is meant. */
  readonly manifest: string;
  readonly mergeStrategy?: string;
  readonly flags: KubectlFlags;
  /** The manifest's path, as messages name it. @default MANIFEST_FILE */
  readonly file?: string;
}

/** The objects that the command answered, as the server wrote them. Throws KubectlError. */
export async function runKubectl(kubectl: Kubectl, command: Command): Promise<readonly string[]> {
  switch (command.action) {
    case 'get':
      return await get(kubectl, command);
    case 'create':
      return await each(objectsOf(kubectl, command), (one) =>
        create(kubectl, command, one, 'kubectl-create'),
      );
    case 'apply':
      return await each(objectsOf(kubectl, command), (one) => apply(kubectl, command.flags, one));
    case 'replace':
      return await each(objectsOf(kubectl, command), (one) => replace(kubectl, command, one));
    case 'patch':
      return await patch(kubectl, command);
    case 'delete':
      await deleteAll(kubectl, command.flags, await targetsOf(kubectl, command));
      return [];
  }
}

async function each<T>(items: readonly T[], act: (item: T) => Promise<string>): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const item of items) answers.push(await act(item));
  return answers;
}

function objectsOf(kubectl: Kubectl, { manifest, flags, file }: Command): readonly ManifestObject[] {
  const { types, readYaml, defaultNamespace } = kubectl;
  const objects = readManifest(manifest, {
    types,
    readYaml,
    defaultNamespace,
    file: file ?? MANIFEST_FILE,
    isValidated: flags.validation !== 'Ignore',
    ...(flags.namespace !== undefined && { namespace: flags.namespace }),
  });
  if (objects.length === 0) throw kubectlError('error: no objects passed to the command');
  return objects;
}

/** What the manifest describes, or else what the flags name. */
async function targetsOf(kubectl: Kubectl, command: Command): Promise<readonly Target[]> {
  if (command.manifest === '') return await namedTargets(kubectl, command.flags);
  return objectsOf(kubectl, command).map(({ type, namespace, name }) => ({ type, namespace, name }));
}

async function get(kubectl: Kubectl, command: Command): Promise<readonly string[]> {
  const { flags, manifest } = command;
  const isListing = manifest === '' && flags.args.length === 1 && !flags.args[0]?.includes('/');
  const targets =
    manifest === '' ? await namedTargets(kubectl, flags, PAGE) : await targetsOf(kubectl, command);
  if (isListing) return [JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [] })];
  const found: string[] = [];
  for (const target of targets) {
    const response = await kubectl.api({ method: 'GET', path: pathOf(target) });
    if (isSuccess(response)) found.push(response.body);
    else if (response.status !== 404 || !flags.ignoreNotFound) throw serverError(response);
  }
  return found;
}

/** `kubectl get` asks for so many at a time. */
const PAGE = 500;

function pathOf({ type, namespace, name }: Target): string {
  return objectPath(type, namespace, name);
}

/** Also the second half of `replace --force`. */
export async function create(
  kubectl: Kubectl,
  { flags, file = MANIFEST_FILE }: Pick<Command, 'flags' | 'file'>,
  { type, namespace, object }: ManifestObject,
  manager: string,
): Promise<string> {
  const body = flags.saveConfig ? withLastApplied(object) : object;
  const path = collectionPath(type, namespace);
  const response = await kubectl.api({
    method: 'POST',
    path,
    query: query(flags, manager),
    body: JSON.stringify(body),
  });
  return answered(response, `error when creating "${file}"`);
}

async function replace(kubectl: Kubectl, command: Command, one: ManifestObject): Promise<string> {
  const { flags, file = MANIFEST_FILE } = command;
  const { type, namespace, name, object } = one;
  if (flags.force) {
    await deleteAll(kubectl, { ...flags, wait: true, force: false }, [{ type, namespace, name }]);
    return await create(kubectl, command, one, 'kubectl-replace');
  }
  const path = `${objectPath(type, namespace, name)}${subresource(flags)}`;
  const body = flags.saveConfig ? withLastApplied(object) : object;
  const versioned = await withVersion(kubectl.api, path, body);
  const request: ApiRequest = {
    method: 'PUT',
    path,
    query: query(flags, 'kubectl-replace'),
    body: JSON.stringify(versioned),
  };
  return answered(await kubectl.api(request), `error when replacing "${file}"`);
}

/** A manifest without a version replaces whatever is there (cli-runtime, resource.Helper). */
async function withVersion(api: KubernetesApi, path: string, object: JsonObject): Promise<JsonObject> {
  const metadata = (object['metadata'] ?? {}) as JsonObject;
  if (metadata['resourceVersion'] !== undefined) return object;
  const response = await api({ method: 'GET', path });
  if (!isSuccess(response)) return object;
  const current = JSON.parse(response.body) as { readonly metadata?: { readonly resourceVersion?: string } };
  const { resourceVersion } = current.metadata ?? {};
  return resourceVersion === undefined ? object : { ...object, metadata: { ...metadata, resourceVersion } };
}

const PATCH_TYPES: Readonly<Record<string, string>> = {
  strategic: STRATEGIC,
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
};

/**
 * The manifest is the patch; without a kind of its own, or as a list of operations, flags say of what
 * (workflow/executor/resource.go getKubectlArguments).
 */
async function patch(kubectl: Kubectl, command: Command): Promise<readonly string[]> {
  const { manifest, flags, file = MANIFEST_FILE } = command;
  const strategy = command.mergeStrategy || 'strategic';
  const change = parsed(manifest, { readYaml: kubectl.readYaml, file });
  const isNamed = strategy !== 'json' && !(flags.args.length > 0 && !hasKind(change));
  const targets = isNamed ? await targetsOf(kubectl, command) : await namedTargets(kubectl, flags);
  const contentType = PATCH_TYPES[strategy] ?? '';
  return await each(targets, async ({ type, namespace, name }) => {
    if (!isNamed) answered(await kubectl.api({ method: 'GET', path: objectPath(type, namespace, name) }));
    const path = `${objectPath(type, namespace, name)}${subresource(flags)}`;
    const { fieldManager, isDryRun } = flags;
    const given = { fieldManager: fieldManager ?? 'kubectl-patch', ...(isDryRun && { dryRun: 'All' }) };
    const response = await kubectl.api({
      method: 'PATCH',
      path,
      query: given,
      contentType,
      body: JSON.stringify(change),
    });
    if (response.status !== 415) return answered(response);
    const version = `${type.group}/${type.version}`;
    throw kubectlError(
      `error: ${contentType} is not supported by ${version}, Kind=${type.kind}: ${messageOf(response)}`,
    );
  });
}

function hasKind(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value;
}

function subresource({ subresource: name }: KubectlFlags): string {
  return name === undefined ? '' : `/${name}`;
}

export function query(flags: KubectlFlags, manager: string): Readonly<Record<string, string>> {
  return {
    ...(flags.isDryRun && { dryRun: 'All' }),
    fieldManager: flags.fieldManager ?? manager,
    fieldValidation: flags.validation,
  };
}

export function answered(response: ApiResponse, doing?: string): string {
  if (isSuccess(response)) return response.body;
  throw serverError(response, doing);
}

/** Which resources a server has: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery */
import type { KubernetesApi } from './api.ts';
import { isSuccess, serverError } from './status-error.ts';

export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly isNamespaced: boolean;
}

/** Preferred versions stand first. */
export type ResourceTypes = readonly ResourceType[];

interface GroupList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string };
    readonly versions?: readonly {
      readonly version: string;
      readonly resources?: readonly {
        readonly resource: string;
        readonly responseKind?: { readonly kind?: string };
        readonly scope?: string;
        readonly singularResource?: string;
        readonly shortNames?: readonly string[];
        readonly categories?: readonly string[];
      }[];
    }[];
  }[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export async function discover(api: KubernetesApi): Promise<ResourceTypes> {
  const lists = await Promise.all(['/api', '/apis'].map((path) => groupsAt(api, path)));
  return lists.flatMap(({ items = [] }) =>
    items.flatMap(({ metadata, versions = [] }) =>
      versions.flatMap(({ version, resources = [] }) =>
        resources.map((one) => ({
          group: metadata?.name ?? '',
          version,
          kind: one.responseKind?.kind ?? '',
          plural: one.resource,
          singular: one.singularResource ?? '',
          shortNames: one.shortNames ?? [],
          categories: one.categories ?? [],
          isNamespaced: one.scope === 'Namespaced',
        })),
      ),
    ),
  );
}

async function groupsAt(api: KubernetesApi, path: string): Promise<GroupList> {
  const response = await api({ method: 'GET', path, accept: AGGREGATED });
  if (!isSuccess(response)) throw serverError(response);
  const parsed = JSON.parse(response.body) as GroupList & { readonly kind?: string };
  return parsed.kind === 'APIGroupDiscoveryList' ? parsed : {};
}

/** The type of an object, by its `apiVersion` and `kind`. */
export function typeOfObject(
  types: ResourceTypes,
  apiVersion: string,
  kind: string,
): ResourceType | undefined {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : apiVersion.slice(0, slash);
  const version = apiVersion.slice(slash + 1);
  return types.find((one) => one.group === group && one.version === version && one.kind === kind);
}

/** A type as one names it on a command line: `pod`, `pods`, `po`, `deployments.apps`, `jobs.v1.batch`. */
export function typeNamed(types: ResourceTypes, name: string): ResourceType | undefined {
  const [word = '', ...rest] = name.toLowerCase().split('.');
  const full = types.find(
    (one) => isCalled(one, word) && rest.join('.') === `${one.version}.${one.group}` && rest.length > 1,
  );
  if (full !== undefined) return full;
  const group = rest.join('.');
  return types.find((one) => isCalled(one, word) && (rest.length === 0 || one.group === group));
}

function isCalled(type: ResourceType, word: string): boolean {
  return (
    type.plural === word ||
    type.singular === word ||
    type.shortNames.includes(word) ||
    type.kind.toLowerCase() === word
  );
}

export function collectionPath(type: ResourceType, namespace: string): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const within = type.isNamespaced ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${within}/${type.plural}`;
}

export function objectPath(type: ResourceType, namespace: string, name: string): string {
  return `${collectionPath(type, namespace)}/${encodeURIComponent(name)}`;
}

/** `configmap/one`, `deployment.apps/web`. */
export function fullName(type: ResourceType, name: string): string {
  return `${type.singular}${type.group === '' ? '' : `.${type.group}`}/${name}`;
}

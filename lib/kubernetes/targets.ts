/** The objects that arguments of kubectl name: `TYPE NAME…`, `TYPE/NAME…`, `TYPE --selector …`. */
import type { KubectlFlags } from '../evaluate/resource/kubectl-flags.ts';
import { collectionPath, type ResourceType, typeNamed } from './discovery.ts';
import type { Kubectl } from './kubectl.ts';
import { isSuccess, kubectlError, serverError } from './status-error.ts';

export interface Target {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string;
}

const NOTHING_NAMED =
  'error: You must provide one or more resources by argument or filename.\n' +
  "Example resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n" +
  "   '<resource> <name>'\n   '<resource>'";

/** Throws KubectlError. */
export async function namedTargets(
  kubectl: Kubectl,
  flags: KubectlFlags,
  limit?: number,
): Promise<readonly Target[]> {
  const { args } = flags;
  const [first] = args;
  if (first === undefined) throw kubectlError(NOTHING_NAMED);
  const isPairs = args.some((one) => one.includes('/'));
  if (isPairs) return args.map((one) => pairOf(kubectl, flags, one));
  const types = first.split(',').map((one) => typeOf(kubectl, one));
  const names = args.slice(1);
  if (names.length > 0)
    return types.flatMap((type) => names.map((name) => target(kubectl, flags, type, name)));
  const listed = await Promise.all(types.map((type) => listedTargets(kubectl, flags, type, limit)));
  return listed.flat();
}

function typeOf({ types }: Kubectl, name: string): ResourceType {
  const found = typeNamed(types, name);
  if (found === undefined) throw kubectlError(`error: the server doesn't have a resource type "${name}"`);
  return found;
}

function pairOf(kubectl: Kubectl, flags: KubectlFlags, word: string): Target {
  const [type = '', name = '', ...rest] = word.split('/');
  if (name === '' || rest.length > 0)
    throw kubectlError(
      'error: there is no need to specify a resource type as a separate argument when passing arguments in ' +
        "resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource " +
        "resource/<resource_name>'",
    );
  return target(kubectl, flags, typeOf(kubectl, type), name);
}

function target(kubectl: Kubectl, flags: KubectlFlags, type: ResourceType, name: string): Target {
  return { type, namespace: namespaceOf(kubectl, flags, type), name };
}

function namespaceOf({ defaultNamespace }: Kubectl, { namespace }: KubectlFlags, type: ResourceType): string {
  return type.isNamespaced ? (namespace ?? defaultNamespace) : '';
}

async function listedTargets(
  kubectl: Kubectl,
  flags: KubectlFlags,
  type: ResourceType,
  limit: number | undefined,
): Promise<readonly Target[]> {
  const namespace = namespaceOf(kubectl, flags, type);
  const query = {
    ...(flags.selector !== undefined && { labelSelector: flags.selector }),
    ...(flags.fieldSelector !== undefined && { fieldSelector: flags.fieldSelector }),
    ...(limit !== undefined && { limit: String(limit) }),
  };
  const response = await kubectl.api({ method: 'GET', path: collectionPath(type, namespace), query });
  if (!isSuccess(response)) throw serverError(response);
  const { items = [] } = JSON.parse(response.body) as {
    readonly items?: readonly { readonly metadata: { readonly name: string } }[];
  };
  return items.map(({ metadata }) => ({ type, namespace, name: metadata.name }));
}

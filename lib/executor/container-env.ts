/** A container's environment, and Kubernetes' `$(NAME)` in its command, arguments and values. */

import { fieldVariable } from '../protocol/run-job.ts';
import type { ContainerSpec, EnvRef, EnvVar, TaskSpec } from '../protocol/task-spec.ts';
import { type ObjectLookup, objectKey, StartError } from './objects.ts';

export interface HostFacts {
  readonly ip: string;
  readonly hostName: string;
  /** Of a pod, by the name of the variable (lib/protocol/run-job.ts). */
  readonly downward?: (variable: string) => string | undefined;
}

/** envFrom first, then env in its order, each value seeing those before it; as the kubelet does it. */
export async function containerEnv(
  spec: TaskSpec,
  container: ContainerSpec,
  lookup: ObjectLookup,
  facts: HostFacts,
): Promise<Readonly<Record<string, string>>> {
  const env: Record<string, string> = {};
  for (const source of container.envFrom ?? []) {
    const data = await lookup(source.kind, source.name);
    if (data === undefined && source.optional !== true) {
      throw new StartError(`${source.kind.toLowerCase()} "${source.name}" not found`);
    }
    for (const [key, value] of Object.entries(data ?? {}))
      setVariable(env, (source.prefix ?? '') + key, value);
  }
  for (const variable of container.env) {
    const value = await variableValue(spec, variable, lookup, facts);
    if (value === undefined) continue;
    setVariable(env, variable.name, 'from' in variable ? value : expandVariables(value, env));
  }
  return env;
}

/** What is no name of a variable cannot be one; what holds a NUL cannot be passed at all. */
function setVariable(env: Record<string, string>, name: string, value: string): void {
  if (name === '' || /[=\0]/.test(name)) return;
  if (value.includes('\0')) throw new StartError(`environment variable ${name} contains a NUL character`);
  Object.defineProperty(env, name, { value, enumerable: true, configurable: true, writable: true });
}

async function variableValue(
  spec: TaskSpec,
  variable: EnvVar | EnvRef,
  lookup: ObjectLookup,
  facts: HostFacts,
): Promise<string | undefined> {
  if (!('from' in variable)) return variable.value;
  const { from } = variable;
  if (from.kind === 'field')
    return facts.downward?.(fieldVariable(from.path)) ?? fieldValue(spec, from.path, facts);
  if (from.kind === 'resource') {
    const value = facts.downward?.(from.variable);
    if (value === undefined) throw new StartError(`environment variable ${variable.name} needs a pod`);
    return value;
  }
  return await objectKey(lookup, from.kind, from.name, from.key, from.optional === true);
}

function fieldValue(spec: TaskSpec, path: string, facts: HostFacts): string {
  const entry = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
  if (entry !== null) return spec[entry[1] as 'labels' | 'annotations'][entry[2] ?? ''] ?? '';
  const fields: Readonly<Record<string, string>> = {
    'metadata.name': spec.podName,
    'metadata.namespace': spec.namespace,
    'metadata.uid': spec.nodeId,
    'spec.nodeName': facts.hostName,
    'spec.serviceAccountName': spec.serviceAccount ?? 'default',
    'status.hostIP': facts.ip,
    'status.podIP': facts.ip,
    'status.podIPs': facts.ip,
    'status.hostIPs': facts.ip,
  };
  const value = fields[path];
  if (value === undefined) throw new StartError(`fieldPath ${path} is not known here`);
  return value;
}

/**
 * `$(NAME)` becomes the variable's value where it is known, and `$$(NAME)` the text `$(NAME)`. Kubernetes halves
 * every `$$`; a shell's process number is left alone here, as nobody writes it to mean a single dollar sign.
 */
export function expandVariables(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(\$?)\(([^)]*)\)/g, (whole, dollar: string, name: string) => {
    if (dollar !== '') return `$(${name})`;
    return Object.hasOwn(env, name) ? (env[name] ?? '') : whole;
  });
}

/** ConfigMaps and Secrets as the executor is given them. */

export type ObjectKind = 'configMap' | 'secret';

/** The object's data by key; undefined when there is no such object. */
export type ObjectLookup = (
  kind: ObjectKind,
  name: string,
) => Promise<Readonly<Record<string, string>> | undefined>;

/** Why a container could not even be started; becomes the node's Error. */
export class StartError extends Error {}

export async function objectKey(
  lookup: ObjectLookup,
  kind: ObjectKind,
  name: string,
  key: string,
  optional: boolean,
): Promise<string | undefined> {
  const data = await lookup(kind, name);
  const value = data === undefined || !Object.hasOwn(data, key) ? undefined : data[key];
  if (value !== undefined || optional) return value;
  const what = kind === 'configMap' ? 'configmap' : 'secret';
  if (data === undefined) throw new StartError(`${what} "${name}" not found`);
  throw new StartError(
    `couldn't find key ${key} in ${kind === 'configMap' ? 'ConfigMap' : 'Secret'} ${name}`,
  );
}

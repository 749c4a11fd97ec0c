/** Kubernetes' strategic merge for pods: maps merge, named items merge by key, other lists are replaced. */

/** Merge keys of a PodSpec's lists (`patchMergeKey` in k8s.io/api/core/v1 types.go), by the list's field. */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  ports: 'containerPort',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  resourceClaims: 'name',
  topologySpreadConstraints: 'topologyKey',
};

const directive = '$patch';

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

/** Merges a patch into a value. `null` takes a field away; `$patch: replace` and `delete` are honoured. */
export function strategicMerge(original: Json, patch: Json, field = ''): Json {
  if (Array.isArray(patch)) return mergeLists(Array.isArray(original) ? original : [], patch, field);
  if (!isFields(patch)) return patch;
  const { [directive]: order, ...changes } = patch;
  if (order === 'delete') return undefined;
  const result: Record<string, Json> = isFields(original) && order !== 'replace' ? { ...original } : {};
  for (const [name, change] of Object.entries(changes)) {
    if (name.startsWith('$')) continue;
    const merged = change === null ? undefined : strategicMerge(result[name], change, name);
    if (merged === undefined) delete result[name];
    else result[name] = merged;
  }
  return result;
}

/**
 * The order is that of the patch; what only the original has goes before the first item of the patch that
 * stands behind it there (`mergeSortedSlice` in apimachinery's strategicpatch).
 */
function mergeLists(original: readonly Json[], patch: readonly Json[], field: string): Json {
  const key = mergeKeys[field];
  const items = patch.filter((item) => !(isFields(item) && isBareDirective(item)));
  if (key === undefined || patch.length > items.length) return items;
  const indexOf = (item: Json) => original.findIndex((each) => keyOf(each, key) === keyOf(item, key));
  const named = new Set(items.map((item) => keyOf(item, key)));
  const kept = original.flatMap((item, at) => (named.has(keyOf(item, key)) ? [] : [{ item, at }]));
  const merged: Json[] = [];
  for (const item of items) {
    const at = indexOf(item);
    while (kept[0] !== undefined && kept[0].at < at) merged.push(kept.shift()?.item);
    const value = strategicMerge(original[at], item);
    if (value !== undefined) merged.push(value);
  }
  return [...merged, ...kept.map(({ item }) => item)];
}

function keyOf(item: Json, key: string): Json {
  return isFields(item) ? item[key] : undefined;
}

/** `- $patch: replace` among the items of a list: the list as a whole is replaced. */
function isBareDirective(item: Fields): boolean {
  return item[directive] === 'replace' && Object.keys(item).length === 1;
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Kubernetes' strategic merge of JSON: maps merge, lists of named things merge by their key, others are replaced. */

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

/** Merges a patch into a value. `null` takes a field away; `$patch: replace` and `$patch: delete` are honoured. */
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

/** Items that the patch adds stand before the others, as `mergeSliceWithSpecialElements` upstream leaves them. */
function mergeLists(original: readonly Json[], patch: readonly Json[], field: string): Json {
  const key = mergeKeys[field];
  const items = patch.filter((item) => !(isFields(item) && isBareDirective(item)));
  if (key === undefined || patch.length > items.length) return items;
  let merged = [...original];
  const added: Json[] = [];
  for (const item of items) {
    const at = merged.findIndex((each) => isFields(each) && isFields(item) && each[key] === item[key]);
    const value = strategicMerge(merged[at], item);
    if (at < 0 && value !== undefined) added.push(value);
    else if (at >= 0) merged = value === undefined ? merged.toSpliced(at, 1) : merged.with(at, value);
  }
  return [...added, ...merged];
}

/** `- $patch: replace` among the items of a list: the list as a whole is replaced. */
function isBareDirective(item: Fields): boolean {
  return item[directive] === 'replace' && Object.keys(item).length === 1;
}

function isFields(value: Json): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Kubernetes' volumes as the executor provides them: folders, claims, files from ConfigMaps and Secrets. */
import type { KeyToPath, Volume } from '../../argo/container.ts';
import type { JsonObject, JsonValue } from '../../argo/json.ts';
import type { ProjectedSource, Volume as ProvidedVolume } from '../../protocol/task-spec.ts';
import { failure, type Result, success } from './result.ts';

/** The kinds that only a cluster has, with what to do instead. */
const remedies: Readonly<Record<string, string>> = {
  hostPath: 'use an emptyDir, or a claim for files that outlive the pod',
  nfs: 'use a claim, which is kept on EFS',
  csi: 'use a claim, or a secret volume',
  downwardAPI: 'use env with a fieldRef',
};

export function providedVolumes(
  volumes: readonly Volume[],
  perRun: ReadonlySet<string>,
): Result<readonly ProvidedVolume[]> {
  const provided: ProvidedVolume[] = [];
  for (const volume of volumes) {
    const one = providedVolume(volume, perRun);
    if (!one.ok) return one;
    provided.push(one.value);
  }
  return success(provided);
}

function providedVolume(volume: Volume, perRun: ReadonlySet<string>): Result<ProvidedVolume> {
  const { name } = volume;
  if (volume.persistentVolumeClaim) {
    const claim = volume.persistentVolumeClaim.claimName;
    return success({ kind: 'claim', name, claim, perRun: perRun.has(claim) });
  }
  if (volume.configMap)
    return success({
      kind: 'configMap',
      name,
      source: volume.configMap.name ?? '',
      ...fileOptions(volume.configMap),
    });
  if (volume.secret)
    return success({
      kind: 'secret',
      name,
      source: volume.secret.secretName ?? '',
      ...fileOptions(volume.secret),
    });
  if (volume.projected) return projected(name, volume.projected);
  if (volume.emptyDir || volume.ephemeral) return success({ kind: 'emptyDir', name });
  const kind = Object.keys(volume).find((key) => key !== 'name');
  // Kubernetes takes a volume without a source as an empty folder.
  if (kind === undefined) return success({ kind: 'emptyDir', name });
  const remedy = remedies[kind] ?? 'use an emptyDir, a claim, a configMap or a secret';
  return failure(`volume '${name}' is of kind ${kind}, which needs a Kubernetes node: ${remedy}`);
}

interface FileOptions {
  readonly items?: readonly KeyToPath[];
  readonly optional?: boolean;
  readonly defaultMode?: number;
}

function fileOptions(source: FileOptions): FileOptions {
  return {
    ...(source.items && { items: source.items.map(itemOf) }),
    ...(source.optional !== undefined && { optional: source.optional }),
    ...(source.defaultMode !== undefined && { defaultMode: source.defaultMode }),
  };
}

function itemOf(item: KeyToPath): KeyToPath {
  return { key: item.key, path: item.path, ...(item.mode !== undefined && { mode: item.mode }) };
}

function projected(name: string, volume: NonNullable<Volume['projected']>): Result<ProvidedVolume> {
  const sources: ProjectedSource[] = [];
  for (const source of volume.sources ?? []) {
    const kind = isObject(source['configMap'])
      ? 'configMap'
      : isObject(source['secret'])
        ? 'secret'
        : undefined;
    if (kind === undefined) {
      const found = Object.keys(source)[0] ?? 'nothing';
      return failure(
        `volume '${name}' projects ${found}, which needs a Kubernetes node: use a configMap or secret`,
      );
    }
    const body = source[kind] as JsonObject & FileOptions;
    const { items, optional } = fileOptions(body);
    sources.push({
      kind,
      source: String(body['name'] ?? ''),
      ...(items && { items }),
      ...(optional !== undefined && { optional }),
    });
  }
  const { defaultMode } = volume;
  return success({ kind: 'projected', name, sources, ...(defaultMode !== undefined && { defaultMode }) });
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Artifacts and output parameters of a rendered template, with their locations worked out. */
import { posix } from 'node:path';
import type { Artifact } from '../../argo/artifact.ts';
import type { Parameter } from '../../argo/parameter.ts';
import type { Template } from '../../argo/template.ts';
import type { WorkflowSpec } from '../../argo/workflow.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { ArtifactRef, Inputs } from '../../protocol/outcome.ts';
import type { InputArtifact, OutputArtifact, OutputParameter } from '../../protocol/task-spec.ts';
import {
  hasLocationOrKey,
  isComplete,
  keyOf,
  locationWithKey,
  relocated,
  withoutStores,
} from './artifact-location.ts';
import { failure, type Result, success } from './result.ts';

/**
 * Where a template's outputs go: its archiveLocation or the default store, and what their keys begin with.
 */
export interface ArchivePlace {
  readonly base: JsonObject | undefined;
  readonly keyPrefix: string;
}

/** The template's archiveLocation where it says where to put things; without it, the default store. */
export function archiveBase(template: Template): JsonObject | undefined {
  const location = template.archiveLocation as unknown as JsonObject | undefined;
  return location && isComplete(location) ? location : undefined;
}

/** The default is `{{workflow.name}}/{{pod.name}}` (`artifact_repository_types.go` DefaultArchivePattern). */
export function archivePlace(template: Template, runName: string, podName: string): ArchivePlace {
  const base = archiveBase(template);
  return { base, keyPrefix: base ? (keyOf(base) ?? '') : `${runName}/${podName}` };
}

/** `workflow/controller/workflowpod.go` IsArchiveLogs: the template's word counts before the spec's. */
export function keepsLogs(template: Template, spec: WorkflowSpec): boolean {
  return template.archiveLocation?.archiveLogs ?? spec.archiveLogs ?? false;
}

/** An argument has replaced all of a declared input but path and modes (`common/util.go` ProcessArgs). */
export function inputArtifacts(
  template: Template,
  inputs: Inputs,
  place: ArchivePlace,
): Result<readonly InputArtifact[]> {
  const found: InputArtifact[] = [];
  for (const declared of template.inputs?.artifacts ?? []) {
    const given = (inputs.artifacts?.[declared.name] ?? declared) as unknown as ArtifactRef;
    const path = cleanPath(declared);
    if (!path.ok) return failure(`error in inputs.artifacts.${declared.name}: ${path.error}`);
    const optional = given['optional'] === true;
    if (!hasLocationOrKey(given)) {
      if (optional) continue;
      return failure(`required artifact '${declared.name}' not supplied`);
    }
    const located = relocated(given, place.base);
    if (!located.ok) return failure(`failed to load artifact '${declared.name}': ${located.error}`);
    const { path: _path, mode: _mode, recurseMode: _recurse, ...artifact } = located.value;
    found.push({
      name: declared.name,
      path: path.value,
      artifact: { ...artifact, name: declared.name },
      optional,
      ...(declared.mode !== undefined && { mode: declared.mode }),
      ...(declared.recurseMode && { recurseMode: true }),
    });
  }
  return success(found);
}

export function outputArtifacts(template: Template, place: ArchivePlace): Result<readonly OutputArtifact[]> {
  const wanted: OutputArtifact[] = [];
  for (const declared of template.outputs?.artifacts ?? []) {
    const path = cleanPath(declared);
    if (!path.ok) return path;
    const artifact = declared as unknown as ArtifactRef;
    const located = outputLocation(artifact, path.value, place);
    if (!located.ok) return located;
    wanted.push({
      name: declared.name,
      path: path.value,
      artifact: { ...located.value, path: path.value },
      optional: declared.optional ?? false,
      ...(declared.globalName && { globalName: declared.globalName }),
    });
  }
  return success(wanted);
}

/** `workflow/executor/executor.go` saveArtifactFromFile: a key of the artifact's own stays as it is. */
function outputLocation(artifact: ArtifactRef, path: string, place: ArchivePlace): Result<ArtifactRef> {
  if (keyOf(artifact) !== undefined) return relocated(artifact, place.base);
  const key = joined(place.keyPrefix, fileName(artifact, path));
  return success({ ...withoutStores(artifact), ...locationWithKey(place.base, key) });
}

/** `executor.go` stageArchiveFile: a file that is not packed keeps its own name. */
function fileName(artifact: ArtifactRef, path: string): string {
  const archive = artifact['archive'] as JsonObject | undefined;
  if (archive?.['none']) return posix.basename(path);
  return archive?.['zip'] ? `${String(artifact['name'])}.zip` : `${String(artifact['name'])}.tgz`;
}

/** Not `posix.join` for addresses, in which it would take the two slashes after the scheme for one. */
function joined(prefix: string, name: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(prefix)
    ? `${prefix.replace(/\/+$/, '')}/${name}`
    : posix.join(prefix, name);
}

export function outputParameters(template: Template): readonly OutputParameter[] {
  return (template.outputs?.parameters ?? []).flatMap((parameter) => outputParameter(parameter));
}

function outputParameter(parameter: Parameter): OutputParameter[] {
  const path = parameter.valueFrom?.path;
  if (!path) return [];
  const fallback = parameter.valueFrom?.default;
  return [
    {
      name: parameter.name,
      path,
      ...(fallback !== undefined && { default: fallback }),
      ...(parameter.globalName && { globalName: parameter.globalName }),
    },
  ];
}

/**
 * `pkg/apis/workflow/v1alpha1` Artifact.CleanPath: a path made from a parameter must stay below what stands
 * before its first `..`.
 */
export function cleanPath(artifact: Artifact): Result<string> {
  const { name, path } = artifact;
  if (!path) return failure(`Artifact '${name}' did not specify a path`);
  const cleaned = posix.normalize(path).replace(/(?<=.)\/+$/, '');
  const climb = path.indexOf('/../');
  const safe = climb >= 0 ? path.slice(0, climb) : path.endsWith('/..') ? path.slice(0, -3) : '';
  if (safe !== '' && (!cleaned.startsWith(`${safe}/`) || cleaned.length <= safe.length + 1))
    return failure(
      `Artifact '${name}' attempted to use a path containing '..'. Directory traversal is not permitted`,
    );
  return success(cleaned);
}

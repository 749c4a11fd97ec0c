/**
 * Outputs of a steps or dag template, from what its members gave (getTemplateOutputsFromScope in
 * operator.go).
 */
import type { Artifact } from '../argo/artifact.ts';
import type { Parameter, ValueFrom } from '../argo/parameter.ts';
import type { Outputs as DeclaredOutputs } from '../argo/template.ts';
import type { ArtifactRef, Globals, Outputs } from '../protocol/outcome.ts';
import { resolveArtifact } from './artifact-reference.ts';
import { type Body, entered } from './body.ts';
import { parameterValue } from './output-value.ts';
import type { Scope } from './scope.ts';
import { plain } from './text.ts';

export type TemplateOutputs =
  | { readonly ok: true; readonly outputs: Outputs | undefined; readonly globals: Globals }
  | { readonly ok: false; readonly error: string };

type Value = { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string };

function outputValue(parameter: Parameter, scope: Scope): Value {
  const source: ValueFrom | undefined = parameter.valueFrom;
  if (source === undefined) return { ok: false, error: 'output parameters must have a valueFrom specified' };
  const found = parameterValue(source, scope);
  if (found.ok && found.value !== null) return { ok: true, value: found.value };
  if (source.default !== undefined) return { ok: true, value: source.default };
  if (!found.ok) return found;
  const cause = 'is an absent optional (skipped/omitted node output with no default)';
  return { ok: false, error: `output parameter "${parameter.name}": "${source.parameter ?? ''}" ${cause}` };
}

function setOwn<T>(record: Record<string, T>, name: string, value: T): void {
  Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
}

export function templateOutputs(body: Body, scope: Scope): TemplateOutputs {
  const declared = entered<DeclaredOutputs>(body, body.entry.template.outputs ?? {});
  if (!declared.ok) return declared;
  const { parameters = [], artifacts = [] } = plain<DeclaredOutputs>(declared.value);
  const values: Record<string, string> = {};
  const exported: Record<string, string> = {};
  for (const parameter of parameters) {
    const value = outputValue(parameter, scope);
    if (!value.ok) return value;
    setOwn(values, parameter.name, value.value);
    if (parameter.globalName) setOwn(exported, parameter.globalName, value.value);
  }
  const refs = outputArtifacts(artifacts, scope);
  if (!refs.ok) return refs;
  const outputs: Outputs = {
    ...(parameters.length > 0 && { parameters: values }),
    ...(Object.keys(refs.artifacts).length > 0 && { artifacts: refs.artifacts }),
  };
  const hasAny = parameters.length > 0 || artifacts.length > 0;
  const globals: Globals = Object.keys(exported).length > 0 ? { parameters: exported } : {};
  return { ok: true, outputs: hasAny ? outputs : undefined, globals };
}

type Artifacts =
  | { readonly ok: true; readonly artifacts: Readonly<Record<string, ArtifactRef>> }
  | { readonly ok: false; readonly error: string };

function outputArtifacts(declared: readonly Artifact[], scope: Scope): Artifacts {
  const refs: Record<string, ArtifactRef> = {};
  for (const artifact of declared) {
    if (!artifact.from && !artifact.fromExpression) continue;
    const resolved = resolveArtifact(artifact, scope);
    if (resolved.ok) {
      setOwn(refs, artifact.name, { ...resolved.artifact, name: artifact.name } as unknown as ArtifactRef);
    } else if (!(artifact.optional === true && resolved.error.includes('Unable to resolve'))) {
      return { ok: false, error: `unable to resolve outputs from scope: ${resolved.error}` };
    }
  }
  return { ok: true, artifacts: refs };
}

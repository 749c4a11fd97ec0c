/** Checks the vectors of outputs.json: outputs of templates and loops, artifacts, retries, data templates. */
import { appendToKey } from '../../../lib/evaluate/artifact-location.ts';
import { aggregateOutputs, type LoopChild } from '../../../lib/expression/outputs-aggregate.ts';
import { resolveArtifact } from '../../../lib/expression/outputs-artifact.ts';
import { transformData } from '../../../lib/expression/outputs-data.ts';
import { type RetryAttempt, retryScope } from '../../../lib/expression/outputs-retry.ts';
import { outputValue } from '../../../lib/expression/outputs-value.ts';
import type { GoValue } from '../../../lib/expression/values.ts';
import { differenceOf, type ExpectedValue, sameJson, scopeOf } from './go-value.ts';

interface Vector extends ExpectedValue {
  readonly op: string;
  readonly scope?: Record<string, unknown>;
  readonly error?: string;
  readonly text?: string;
  readonly textError?: string;
}

/** Undefined where the vector passes, else why it does not. */
export function check(vector: unknown): string | undefined {
  switch ((vector as Vector).op) {
    case 'valueFrom':
      return checkValueFrom(vector as ValueFromVector);
    case 'aggregate':
      return checkAggregate(vector as AggregateVector);
    case 'artifactFrom':
      return checkArtifact(vector as ArtifactVector);
    case 'retryScope':
      return checkRetry(vector as RetryVector);
    case 'data':
      return checkData(vector as DataVector);
    default:
      return `unknown operation ${(vector as Vector).op}`;
  }
}

interface ValueFromVector extends Vector {
  readonly expression?: string;
  readonly parameter?: string;
  readonly default?: string;
  readonly skipped?: readonly string[];
}

function checkValueFrom(vector: ValueFromVector): string | undefined {
  const skipped = (vector.skipped ?? []).map((name): [string, GoValue] => [name, null]);
  const result = outputValue(vector, new Map([...scopeOf(vector.scope), ...skipped]), 'o');
  if (vector.error !== undefined) return result.ok ? `expected the error ${vector.error}` : undefined;
  if (!result.ok) return `unexpected error: ${result.error}`;
  if (result.text !== vector.text) return `${result.text}, expected ${vector.text}`;
  return vector.type === undefined ? undefined : differenceOf(result.value ?? null, vector);
}

interface AggregateVector extends Vector {
  readonly children: readonly LoopChild[];
}

function checkAggregate({ children, scope, error }: AggregateVector): string | undefined {
  const result = aggregateOutputs(children);
  if (error !== undefined) return result.ok ? `expected the error ${error}` : undefined;
  if (!result.ok) return `unexpected error: ${result.error}`;
  const values = Object.fromEntries([...result.values].map(([name, text]) => [`steps.s.${name}`, text]));
  return sameJson(values, scope) ? undefined : `${JSON.stringify(values)}, expected ${JSON.stringify(scope)}`;
}

interface ArtifactVector extends Vector {
  readonly from?: string;
  readonly fromExpression?: string;
  readonly subPath?: string;
  readonly artifact?: object;
}

function checkArtifact(vector: ArtifactVector): string | undefined {
  const all = Object.entries(vector.scope ?? {});
  const artifacts = all.filter((entry): entry is [string, { name: string }] => typeof entry[1] === 'object');
  const texts = Object.fromEntries(all.filter(([, value]) => typeof value === 'string'));
  const result = resolveArtifact(vector, {
    variables: scopeOf(texts),
    artifacts: new Map(artifacts),
    appendToKey: (artifact, subPath) => {
      const moved = appendToKey(artifact, subPath);
      return moved.ok ? { ok: true, artifact: { ...artifact, ...moved.artifact } } : moved;
    },
  });
  if (vector.error !== undefined) return result.ok ? `expected the error ${vector.error}` : undefined;
  if (!result.ok) return `unexpected error: ${result.error}`;
  return sameJson(result.artifact, vector.artifact) ? undefined : `${JSON.stringify(result.artifact)}`;
}

interface RetryVector extends Vector {
  readonly attempts: readonly RetryAttempt[];
}

function checkRetry({ attempts, scope }: RetryVector): string | undefined {
  const made = Object.fromEntries(retryScope(attempts));
  return sameJson(made, scope) ? undefined : `${JSON.stringify(made)}, expected ${JSON.stringify(scope)}`;
}

interface DataVector extends Vector {
  readonly data: readonly string[];
  readonly transformation: readonly string[];
}

function checkData(vector: DataVector): string | undefined {
  const result = transformData(vector.data, vector.transformation);
  if (vector.error !== undefined) return result.ok ? `expected the error ${vector.error}` : undefined;
  if (vector.textError !== undefined) {
    if (result.ok) return `expected the error ${vector.textError}`;
    return result.value === undefined
      ? `unexpected error: ${result.error}`
      : differenceOf(result.value, vector);
  }
  if (!result.ok) return `unexpected error: ${result.error}`;
  return result.json === vector.text
    ? differenceOf(result.value, vector)
    : `${result.json}, expected ${vector.text}`;
}

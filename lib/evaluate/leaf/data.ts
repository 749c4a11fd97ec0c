/** data templates: the keys of an artifact store, passed through a chain of expressions. */
import type { Data } from '../../argo/template.ts';
import { transformData as transform } from '../../expression/outputs-data.ts';
import type { ArtifactRef, Outcome } from '../../protocol/outcome.ts';
import type { Bundle } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
import { listedLocation } from './artifact-location.ts';
import { endedOutcome } from './leaf-outcome.ts';
import { failure, type Result, success } from './result.ts';
import { type Done, startLeaf } from './start-leaf.ts';
import { archiveBase } from './task-artifacts.ts';

export interface DataListing {
  readonly kind: 'list';
  /** The store and prefix whose keys are to be listed; without a bucket it is the default store. */
  readonly source: ArtifactRef;
  readonly transformation: NonNullable<Data['transformation']>;
}

export function renderData(bundle: Bundle, request: StageRequest): DataListing | Done {
  const started = startLeaf(bundle, request);
  if (started.kind === 'done') return started;
  const { template } = started;
  const paths = template.data?.source?.artifactPaths as unknown as ArtifactRef | undefined;
  if (!paths) return { kind: 'done', outcome: dataFailure(request, noSource, request.now) };
  const source = listedLocation(paths, archiveBase(template));
  return { kind: 'list', source, transformation: template.data?.transformation ?? [] };
}

const noSource = 'unable to process data source: no valid source is used for data template';

/**
 * `workflow/data/data.go`: each expression sees as `data` what the one before gave; the last value is JSON.
 */
export function transformData(
  transformation: NonNullable<Data['transformation']>,
  keys: readonly string[],
): Result<string> {
  const steps = transformation.map((step) => step.expression);
  const done = transform(keys, steps);
  return done.ok ? success(done.json) : failure(done.error);
}

export function dataOutcome(request: StageRequest, result: Result<string>, now: string): Outcome {
  if (!result.ok) return dataFailure(request, result.error, now);
  return {
    node: request.node,
    phase: 'Succeeded',
    startedAt: request.startedAt ?? request.now,
    finishedAt: now,
    outputs: { result: result.value, exitCode: '0' },
  };
}

/** Upstream the executor itself runs as main, and ends with its own exit code. */
function dataFailure(request: StageRequest, error: string, now: string): Outcome {
  const message = `main: Error (exit code 64): unable to process data template: ${error}`;
  const startedAt = request.startedAt ?? request.now;
  return {
    ...endedOutcome({ node: request.node, phase: 'Failed', message, startedAt, now }),
    outputs: { exitCode: '64' },
  };
}

/** What a finished step or task offers to the text of later ones: `steps.NAME.*` and `tasks.NAME.*`. */

import { nodeId } from '../argo/node-id.ts';
import type { Template } from '../argo/template.ts';
import type { ArtifactRef, Outcome } from '../protocol/outcome.ts';
import { aggregateOutputs } from './aggregate.ts';
import type { Scope, ScopeValue } from './scope.ts';

export type NodeKind = 'steps' | 'tasks';

export interface NodeSource {
  readonly kind: NodeKind;
  readonly name: string;
  readonly run: string;
  /** Full name of the node whose id and times are offered: for a loop in steps that is its group. */
  readonly node: string;
  readonly outcome: Outcome;
  /** The template that it calls, where one is known: it declares the outputs that a skipped node has not. */
  readonly template: Template | undefined;
}

export type NodeScope =
  | { readonly ok: true; readonly scope: Scope }
  | { readonly ok: false; readonly error: string };

/** Not started at all: `when` false, an empty list, `depends` false. */
export function isSkipped(outcome: Outcome): boolean {
  return outcome.phase === 'Skipped' || outcome.phase === 'Omitted';
}

type Values = Map<string, ScopeValue>;

/** Kubernetes' times have no fractions of a second. */
function wholeSeconds(time: string): string {
  return time.replace(/\.\d+(?=Z$)/, '');
}

function setState(values: Values, at: string, source: NodeSource): void {
  const { outcome } = source;
  const { outputs } = outcome;
  values.set(`${at}.id`, nodeId(source.run, source.node));
  if (outcome.startedAt !== undefined) values.set(`${at}.startedAt`, wholeSeconds(outcome.startedAt));
  if (outcome.finishedAt !== undefined) values.set(`${at}.finishedAt`, wholeSeconds(outcome.finishedAt));
  if (outcome.ip !== undefined) values.set(`${at}.ip`, outcome.ip);
  values.set(`${at}.status`, outcome.phase);
  if (outputs?.result !== undefined) values.set(`${at}.outputs.result`, outputs.result);
  if (outputs?.exitCode !== undefined) values.set(`${at}.exitCode`, outputs.exitCode);
  for (const [name, value] of Object.entries(outputs?.parameters ?? {})) {
    values.set(`${at}.outputs.parameters.${name}`, value);
  }
}

/**
 * `workflow/controller/scope.go` addSkippedNodeOutputsToScope: the producer's default, else an absent
 * optional. Steps also get an empty artifact for each declared one; in a DAG these stay unresolved.
 */
function setSkipped(
  values: Values,
  artifacts: Map<string, ArtifactRef>,
  at: string,
  source: NodeSource,
): void {
  const declared = source.template?.outputs;
  for (const { name, valueFrom } of declared?.parameters ?? []) {
    values.set(`${at}.outputs.parameters.${name}`, valueFrom?.default ?? null);
  }
  if (declared?.result !== undefined) values.set(`${at}.outputs.result`, null);
  if (source.kind === 'tasks') return;
  for (const { name } of declared?.artifacts ?? []) artifacts.set(`${at}.outputs.artifacts.${name}`, {});
}

/**
 * In steps an item that was skipped gives no aggregate (its node has type Skipped); in a DAG it gives empty
 * lists.
 */
function aggregated(source: NodeSource): readonly Outcome[] {
  const items = source.outcome.items ?? [];
  return source.kind === 'tasks' ? items : items.filter((item) => !isSkipped(item));
}

export function nodeScope(source: NodeSource): NodeScope {
  const at = `${source.kind}.${source.name}`;
  const values: Values = new Map();
  const artifacts = new Map<string, ArtifactRef>();
  const items = aggregated(source);
  if (items.length > 0) {
    const lists = aggregateOutputs(items);
    if (!lists.ok) return lists;
    for (const [name, text] of Object.entries(lists.values)) values.set(`${at}.${name}`, text);
  }
  setState(values, at, source);
  for (const [name, ref] of Object.entries(source.outcome.outputs?.artifacts ?? {})) {
    artifacts.set(`${at}.outputs.artifacts.${name}`, ref);
  }
  const isPlain = source.outcome.items === undefined && source.outcome.outputs === undefined;
  if (isPlain && isSkipped(source.outcome)) setSkipped(values, artifacts, at, source);
  return { ok: true, scope: { values, artifacts } };
}

/**
 * compile(): a workflow → a state machine, in four phases.
 *
 *   1-parse ─► documents ─► 2-analyze ─► spec ─► 3-lower ─► bundle, plan ─► 4-emit ─► machines, origins
 *
 * Pure: no files, clock or randomness; the same input gives the same output.
 */

import { invocationsOf } from '../argo/invocation.ts';
import { placementOf } from '../argo/placement.ts';
import type { WorkflowSpec } from '../argo/workflow.ts';
import type { StateMachine } from '../asl/state-machine.ts';
import { positionAt } from '../diagnostics/source.ts';
import type { Bundle, EksPlacement } from '../evaluate/bundle.ts';
import type { Analysis, AnalyzedWorkflow } from './2-analyze/analyze.ts';
import { namespaceOf } from './2-analyze/stores.ts';
import type { LowerOptions } from './3-lower/body.ts';
import { bundleOf, type TemplateStores } from './3-lower/bundle.ts';
import type { Origin } from './3-lower/plan.ts';
import type { Emitted } from './4-emit/emit.ts';
import { emitFitted, type Fitted } from './4-emit/fit.ts';

/** Where a state comes from: template and member, and the place in the YAML where it is known. */
export interface StateOrigin extends Origin {
  readonly file?: string;
  readonly line?: number;
}

export interface CompileOptions extends LowerOptions {
  /** The EKS cluster of the runtime: where Jobs run, and whether all do. @default none */
  readonly eks?: EksPlacement;
}

export interface Compiled {
  readonly machine: StateMachine;
  /** Further machines, where one cannot hold the whole run: by what their names end with after that of `machine`. */
  readonly parts: Fitted['parts'];
  readonly bundle: Bundle;
  readonly origins: Readonly<Record<string, StateOrigin>>;
  readonly taskDefinitions: Emitted['taskDefinitions'];
}

export function compileWorkflow(
  analysis: Analysis,
  workflow: AnalyzedWorkflow,
  options: CompileOptions,
): Compiled {
  const { value } = workflow.document;
  const ref = (value.kind === 'CronWorkflow' ? value.spec.workflowSpec : value.spec)?.workflowTemplateRef;
  const scope = !ref ? 'local/' : `${ref.clusterScope ? 'cluster' : 'namespaced'}/${ref.name ?? ''}`;
  const spec = { ...workflow.spec, arguments: workflow.arguments };
  const stores = storesOf(analysis, namespaceOf(value.metadata.namespace));
  const bundle = bundleOf(spec, scope, stores, eksOf(options, value.metadata.annotations, spec));
  const places = placesOf(analysis, bundle);
  const describe = (origin: Origin): string => {
    const place = placeOf(places, origin);
    const what = origin.member === undefined ? origin.template : `${origin.template}.${origin.member}`;
    return place === undefined ? what : `${place.file}:${place.line} ${what}`;
  };
  const { machine, parts, origins, taskDefinitions } = emitFitted(bundle, options, describe);
  const placed = Object.fromEntries(
    Object.entries(origins).map(([state, origin]) => [state, { ...origin, ...placeOf(places, origin) }]),
  );
  return { machine, parts, bundle, origins: placed, taskDefinitions };
}

/** The run's own annotation outweighs what the runtime does by default. */
function eksOf(
  { eks }: CompileOptions,
  annotations: Readonly<Record<string, string>> | undefined,
  spec: WorkflowSpec,
): EksPlacement | undefined {
  const placement = placementOf(spec.workflowMetadata?.annotations) ?? placementOf(annotations);
  return eks === undefined || placement === undefined ? eks : { ...eks, byDefault: placement === 'eks' };
}

function storesOf(analysis: Analysis, namespace: string): TemplateStores {
  const inNamespace = <T>(store: ReadonlyMap<string, T>): [string, T][] =>
    [...store].flatMap(([key, value]) => {
      const slash = key.indexOf('/');
      return key.slice(0, slash) === namespace ? [[key.slice(slash + 1), value] as [string, T]] : [];
    });
  const { stores } = analysis;
  return {
    workflowTemplates: new Map(
      inNamespace(stores.workflowTemplates).map(([name, base]) => [name, base.spec]),
    ),
    clusterWorkflowTemplates: new Map(
      [...stores.clusterWorkflowTemplates].map(([name, base]) => [name.replace(/^.*\//, ''), base.spec]),
    ),
    configMaps: Object.fromEntries(
      inNamespace(stores.configMaps).map(([name, map]) => [
        name,
        { data: map.data ?? {}, labels: map.metadata.labels ?? {} },
      ]),
    ),
  };
}

interface Place {
  readonly file: string;
  readonly line: number;
}

/** Places by template id, and by template id and member. */
type Places = ReadonlyMap<string, Place>;

function placesOf(analysis: Analysis, bundle: Bundle): Places {
  const places = new Map<string, Place>();
  const note = (key: string, object: object) => {
    if (!analysis.spans.has(object)) return;
    const span = analysis.spans.of(object);
    places.set(key, { file: span.source.path, line: positionAt(span.source, span.start).line });
  };
  for (const one of Object.values(bundle.templates)) {
    note(one.id, one.template);
    for (const member of invocationsOf(one.template)) note(`${one.id}\n${member.name}`, member);
  }
  return places;
}

function placeOf(places: Places, origin: Origin): Place | undefined {
  return places.get(`${origin.template}\n${origin.member}`) ?? places.get(origin.template);
}

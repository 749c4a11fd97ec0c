/** Which tasks of a DAG run at all, where its `target` is known only at run time. */
import type { Dag } from '../argo/invocation.ts';
import { entered, openBody } from './body.ts';
import type { Bundle } from './bundle.ts';
import { ancestorsOf, dagGraph, targetsOf } from './dag-graph.ts';
import type { TaskRequest } from './requests.ts';
import { plain } from './text.ts';

/** False for a task that is neither a target nor before one: Argo never makes a node for it. */
export function isTargeted(bundle: Bundle, request: TaskRequest): boolean {
  const dag = bundle.templates[request.template]?.template.dag;
  if (!dag?.target?.includes('{{')) return true;
  const opened = openBody(bundle, request.template, request.node, request.scope);
  if (!opened.ok) return true;
  const rendered = entered<Dag>(opened.body, { ...dag, tasks: [] });
  if (!rendered.ok) return true;
  const graph = dagGraph(dag);
  const targets = targetsOf(graph, plain<Dag>(rendered.value).target);
  return targets.some((name) => name === request.task || ancestorsOf(graph, name).includes(request.task));
}

/** Whether a node is started while Argo's controller looks at the run for the first time. */
import type { Bundle, BundleTemplate } from './bundle.ts';
import { dagGraph, dependenciesOf } from './dag-graph.ts';

interface Step {
  /** Step or task. */
  readonly key: string;
  readonly rest: string;
}

/**
 * The first group of steps and the tasks that wait for nothing begin at once; what comes behind them does
 * not.
 */
function nextStep({ template }: BundleTemplate, path: string): Step | undefined {
  const match = (template.dag === undefined ? /^\[0\]\.([^.([]+)/ : /^\.([^.([]+)/).exec(path);
  const key = match?.[1];
  if (match === null || key === undefined) return undefined;
  const graph = template.dag && dagGraph(template.dag);
  if (graph && (!graph.tasks.has(key) || dependenciesOf(graph, key).length > 0)) return undefined;
  return { key, rest: path.slice(match[0].length).replace(/^\(\d+:[^()]*\)/, '') };
}

/**
 * In that pass the run has no phase yet, so that `workflow.status` is empty (operate in operator.go sets the
 * variables before it marks the run Running).
 */
export function isFirstPass(bundle: Bundle, run: string, node: string): boolean {
  if (!node.startsWith(run)) return false;
  let path = node.slice(run.length).replace(/^\(0\)/, '');
  let entry = bundle.templates[bundle.entrypoint];
  while (path !== '') {
    const step = entry && nextStep(entry, path);
    if (step === undefined) return false;
    path = step.rest.replace(/^\(0\)/, '');
    entry = bundle.templates[entry?.calls[step.key] ?? ''];
  }
  return true;
}

/**
 * A step or task as the JSON text that Argo looks for tags in (`validateSteps` and `validateDAG` in
 * `workflow/validate/validate.go`): the fields stand in the order of Go's types, which decides what comes behind a `{{`
 * that nothing ends.
 */
import type { Invocation } from '../../argo/invocation.ts';

const ORDER: readonly string[] = [
  // WorkflowStep and DAGTask, LifecycleHook, TemplateRef
  ...['name', 'template', 'clusterScope', 'inline', 'arguments', 'templateRef', 'dependencies'],
  ...['withItems', 'withParam', 'withSequence', 'when', 'continueOn', 'onExit'],
  // Parameter, ValueFrom, Sequence, ContinueOn
  ...['path', 'default', 'value', 'valueFrom', 'count', 'start', 'end', 'format', 'error', 'failed'],
  // Arguments, Artifact
  ...[
    'parameters',
    'artifacts',
    'from',
    's3',
    'git',
    'http',
    'raw',
    'globalName',
    'archive',
    'optional',
    'subPath',
  ],
  ...['fromExpression', 'expression', 'depends', 'hooks'],
];

function place(key: string): number {
  const at = ORDER.indexOf(key);
  return at < 0 ? ORDER.length : at;
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => place(a) - place(b));
  return Object.fromEntries(entries.map(([key, child]) => [key, inOrder(child)]));
}

/** Whether a `}}` follows a text of the member that ends with `end`. */
export function endsLater(member: Invocation): (end: string) => boolean {
  return (end) => {
    const text = JSON.stringify(inOrder({ arguments: {}, ...member }));
    const at = text.indexOf(`${JSON.stringify(end).slice(1, -1)}"`);
    return at < 0 || text.includes('}}', at);
  };
}

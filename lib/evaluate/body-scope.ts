/** The local names in the body of a steps or dag template: its inputs and what its earlier members gave. */
import type { Invocation } from '../argo/invocation.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { type Body, inputNames } from './body.ts';
import { calleeOf } from './callee.ts';
import { dagGraph } from './dag-graph.ts';
import { isLooped } from './loop.ts';
import { isSkipped, type NodeScope, nodeScope } from './node-scope.ts';
import { mergeScopes, type Scope } from './scope.ts';

export interface Source {
  readonly member: Invocation;
  readonly name: string;
  /** The node whose id it has. */
  readonly node: string;
  readonly outcome: Outcome;
}

function sourceScope(body: Body, source: Source): NodeScope {
  const { member, name, node, outcome } = source;
  const callee = calleeOf(body.bundle, body.entry, name, member);
  const template = callee.ok ? callee.entry.template : undefined;
  return nodeScope({ kind: body.kind, name, run: body.data.run.name, node, outcome, template });
}

/**
 * Argo looks up the template of a loop's items by their node, which names none when the template is inline
 * (`workflow/templateresolution/context.go` GetTemplate).
 */
function inlineLoopFault({ member, outcome }: Source): string | undefined {
  const hasItems = outcome.items?.some((item) => !isSkipped(item)) === true;
  return member.inline !== undefined && isLooped(member) && hasItems ? 'failed to get a template' : undefined;
}

/** `isLast`: the outputs of a DAG, for which Argo does not look at the templates of its loops. */
export function localScope(body: Body, sources: readonly Source[], isLast = false): NodeScope {
  const exported: Scope = { values: new Map(), artifacts: body.globals.artifacts };
  const scopes = [inputNames(body), exported];
  for (const source of sources) {
    const fault = isLast ? undefined : inlineLoopFault(source);
    if (fault !== undefined) return { ok: false, error: fault };
    const scope = sourceScope(body, source);
    if (!scope.ok) return scope;
    scopes.push(scope.scope);
  }
  return { ok: true, scope: mergeScopes(...scopes) };
}

/** The steps of the groups before `group`, of which an outcome is known. */
export function stepSources(body: Body, group: number): readonly Source[] {
  if (Object.keys(body.data.outcomes).length === 0) return [];
  return (body.entry.template.steps ?? []).slice(0, group).flatMap((steps, at) =>
    steps.flatMap((member) => {
      const name = member.name ?? '';
      const outcome = Object.hasOwn(body.data.outcomes, name) ? body.data.outcomes[name] : undefined;
      if (outcome === undefined) return [];
      const groupNode = `${body.node}[${at}]`;
      // The items of a loop lie in the group itself, whose own state then stands for the loop's.
      if (outcome.items === undefined) return [{ member, name, node: `${groupNode}.${name}`, outcome }];
      return [{ member, name, node: groupNode, outcome: { ...outcome, phase: 'Succeeded' as const } }];
    }),
  );
}

/** The tasks among `names`, in that order, of which an outcome is known. */
export function taskSources(body: Body, names: readonly string[]): readonly Source[] {
  const { tasks } = dagGraph(body.entry.template.dag ?? {});
  return names.flatMap((name) => {
    const member = tasks.get(name);
    const outcome = Object.hasOwn(body.data.outcomes, name) ? body.data.outcomes[name] : undefined;
    return member && outcome ? [{ member, name, node: `${body.node}.${name}`, outcome }] : [];
  });
}

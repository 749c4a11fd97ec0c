/** Evaluates at compile time what depends on nothing that a run brings, by the very functions that handlers call. */
import type { DagTask, Invocation } from '../../argo/invocation.ts';
import { openBody } from '../../evaluate/body.ts';
import { evaluateGroup } from '../../evaluate/group.ts';
import { isConstantMember } from '../../evaluate/reads.ts';
import type { Call, Done, Member, RunContext, ScopeData } from '../../evaluate/requests.ts';
import { beginTask } from '../../evaluate/task.ts';
import type { Inputs } from '../../protocol/outcome.ts';
import { batchSize } from './batch-size.ts';
import type { Body } from './body.ts';
import { concat, isLiteral, plainOf, type Value } from './value.ts';

const RUN: RunContext = {
  name: '',
  namespace: '',
  uid: '',
  serviceAccountName: '',
  mainEntrypoint: '',
  creationTimestamp: '1970-01-01T00:00:00Z',
  parameters: [],
  artifacts: [],
  labels: {},
  annotations: {},
};

const SCOPE: ScopeData = { run: RUN, inputs: {}, outcomes: {}, globals: {} };

/** What the body may read that is known now: its inputs, where each call of it stands here with literal ones. */
function knownScope(body: Body): { readonly scope: ScopeData; readonly isKnown: boolean } {
  if (!isLiteral(body.inputs)) return { scope: SCOPE, isKnown: false };
  return { scope: { ...SCOPE, inputs: plainOf(body.inputs) as Inputs }, isKnown: true };
}

/** The group's members where they are constant; undefined where the evaluate handler must be asked. */
export function foldGroup(body: Body, group: number): Readonly<Record<string, Value>> | undefined {
  const { bundle } = body.lowering;
  const steps = body.template.template.steps ?? [];
  const members = steps[group] ?? [];
  if (hasInlineLoop(steps[group - 1] ?? [])) return undefined;
  const { scope, isKnown } = knownScope(body);
  if (!members.every((one) => isConstantMember(bundle, body.template, one, isKnown))) return undefined;
  if (members.some((one) => mayRecurse(body, one))) return undefined;
  const answer = evaluateGroup(bundle, {
    op: 'group',
    template: body.template.id,
    group,
    node: '',
    scope,
  });
  if (answer.error !== undefined || answer.templateError !== undefined) return undefined;
  const folded = Object.entries(answer.members).map(
    ([name, member]) => [name, literal(body, member)] as const,
  );
  return folded.every(([, member]) => member !== undefined)
    ? Object.fromEntries(folded as [string, Value][])
    : undefined;
}

/** Of a DAG's tasks gives each one's member, but for what `depends` says, which is left to the machine. */
export function taskFolder(body: Body): (task: DagTask) => Value | undefined {
  const { bundle } = body.lowering;
  const { template } = body;
  const { tasks = [], target = '' } = template.template.dag ?? {};
  const { scope, isKnown } = knownScope(body);
  const opened = openBody(bundle, template.id, '', scope);
  if (target.includes('{{') || hasInlineLoop(tasks) || !opened.ok) return () => undefined;
  return (task) => {
    if (mayRecurse(body, task)) return undefined;
    // What others say does not matter once `depends` is met.
    const { depends: _depends, dependencies: _dependencies, ...plain } = task;
    if (!isConstantMember(bundle, template, plain, isKnown)) return undefined;
    return literal(body, beginTask(opened.body, plain, []));
  };
}

/** How deep a recursion is depends on the run. */
function mayRecurse(body: Body, member: Invocation): boolean {
  const callee = body.template.calls[member.name ?? ''];
  return callee === undefined || body.lowering.isOutlined(callee);
}

function hasInlineLoop(members: readonly Invocation[]): boolean {
  return members.some((one) => one.inline !== undefined);
}

/** The member as a value, its nodes named below the body's; undefined where it is not a plain call or short loop. */
function literal(body: Body, member: Member): Value | undefined {
  if (member.kind === 'done') return member.outcome.phase === 'Skipped' ? named(body, member) : undefined;
  if (member.kind === 'call') return named(body, member);
  // More than one execution takes stays with the handler.
  if (
    member.items.length > batchSize(body.lowering.bundle, body.template.calls[member.name]) ||
    member.items.some((one) => one.kind === 'done' && one.outcome.phase !== 'Skipped')
  )
    return undefined;
  return {
    kind: 'loop',
    node: concat(body.node, member.node),
    name: member.name,
    items: member.items.map((one) => named(body, one)),
  };
}

function named(body: Body, member: Call | Done): Value {
  const node = concat(body.node, member.node);
  const plain = JSON.parse(JSON.stringify(member)) as { readonly [key: string]: Value };
  if (member.kind === 'call') return { ...plain, node };
  return {
    ...plain,
    node,
    outcome: { node, phase: member.outcome.phase, message: member.outcome.message ?? '' },
  };
}

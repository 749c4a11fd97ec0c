/** Lowers a member that is a plain leaf: one `stage` evaluates its call and makes it ready, then `run` runs it. */
import type { Invocation } from '../../argo/invocation.ts';
import { templateType } from '../../argo/template.ts';
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { isLooped } from '../../evaluate/loop.ts';
import { GROUP_ERROR } from '../../protocol/outcome.ts';
import { ANSWER, type Body, ENTERED, invoke, type Lowering, RUN } from './body.ts';
import { hasHooks } from './bundle.ts';
import { heldWhenSuspended } from './held.ts';
import { INLINE_BYTES, runTask, stagedTask, unstagedOf } from './leaf.ts';
import { type Path, stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { CatchClause, Origin, Step } from './plan.ts';
import { needsSlot } from './slot.ts';
import { expression, member, type Value, variable } from './value.ts';

export interface StartSite {
  readonly lowering: Lowering;
  readonly path: Path;
  readonly origin: Origin;
  readonly node: Value;
  readonly outcome: string;
  readonly globals: readonly Value[];
  readonly exit?: Value | undefined;
  readonly capture: Value;
  /** What the evaluate handler would be asked. */
  readonly ask: { readonly [key: string]: Value | undefined };
  /** The step, where a whole group is asked about. */
  readonly member?: string;
  readonly when?: string | undefined;
  readonly isDaemon: boolean;
  /** The member may turn out not to run, which is no error. */
  readonly isConditional: boolean;
  /** Where a group goes that could not be evaluated. */
  readonly onGroupError?: Omit<CatchClause, 'errors'>;
}

/** A container, script or containerSet without anything around it. */
export function isPlainLeaf(lowering: Lowering, template: BundleTemplate | undefined): boolean {
  if (template === undefined || lowering.isOutlined(template.id)) return false;
  const { retryStrategy, memoize, synchronization } = template.template;
  if (retryStrategy ?? memoize ?? synchronization) return false;
  const type = templateType(template.template);
  return type === 'container' || type === 'script' || type === 'containerSet';
}

export function canStart(body: Body, invocation: Invocation): boolean {
  const callee = body.lowering.bundle.templates[body.template.calls[invocation.name ?? ''] ?? ''];
  if (isLooped(invocation) || hasHooks(invocation) || isNamedInRun(invocation)) return false;
  return isPlainLeaf(body.lowering, callee) && !needsSlot(body, true);
}

/** Its name has tags, so that only the run knows the name of its node. */
export function isNamedInRun({ name }: Invocation): boolean {
  return name?.includes('{{') === true;
}

/**
 * What the evaluate handler is told of members whose leaves run without a stage: it makes ready those of which it finds
 * that their inputs are too long (lib/handlers/orders.ts).
 */
export function unstagedAmong(
  body: Body,
  members: readonly Invocation[],
): { readonly [key: string]: Value | undefined } {
  const unstaged = members.flatMap((member) =>
    isUnstagedMember(body, member)
      ? [[member.name ?? '', body.captures.has(member.name ?? '')] as const]
      : [],
  );
  if (unstaged.length === 0) return {};
  return { unstaged: Object.fromEntries(unstaged), inlineBytes: INLINE_BYTES, now: ENTERED };
}

/** Whatever it is called with, its task is the same, and what it reads is short. */
export function isUnstagedMember({ lowering, template }: Body, member: Invocation): boolean {
  return isUnstaged(lowering, template.calls[member.name ?? '']);
}

/** A leaf that is run without having been looked at in the run, so that it cannot turn out to be none that can be run. */
export function isUnstaged(lowering: Lowering, called: string | undefined): boolean {
  const callee = lowering.bundle.templates[called ?? ''];
  if (callee === undefined || !isPlainLeaf(lowering, callee)) return false;
  return unstagedOf(lowering, callee, undefined, false) !== undefined;
}

/** The fields that a member of a body shares with the question about it. */
export function startOfMember(
  body: Body,
  invocation: Invocation,
  fields: Pick<StartSite, 'node' | 'outcome' | 'globals' | 'ask' | 'isConditional' | 'onGroupError'>,
): StartSite {
  const name = invocation.name ?? '';
  const callee = body.lowering.bundle.templates[body.template.calls[name] ?? ''];
  return {
    lowering: body.lowering,
    path: [...body.path, name],
    origin: { template: body.template.id, member: name },
    exit: body.exit,
    capture: body.captures.has(name),
    member: name,
    when: invocation.when,
    isDaemon: callee?.template.daemon === true,
    ...fields,
    ask: { machine: body.lowering.bundle.id, template: body.template.id, node: body.node, ...fields.ask },
  };
}

export function lowerStart(site: StartSite): readonly Step[] {
  const { lowering, path, origin } = site;
  const staged = variableName('task', path);
  const done = `${stateName(path)} done`;
  // Of a run that is tried again, any node may count as done.
  const isConditional = site.isConditional || lowering.options.resume === true;
  const fault = site.onGroupError === undefined ? [] : [{ errors: [GROUP_ERROR], ...site.onGroupError }];
  const stage = invoke(lowering, {
    name: stateName(path, 'stage'),
    origin,
    handler: 'stage',
    payload: {
      op: 'start',
      ask: site.ask,
      member: site.member,
      conditional: isConditional,
      machine: lowering.bundle.id,
      node: site.node,
      run: RUN,
      globals: lowering.hasGlobals ? [...site.globals] : [],
      exit: site.exit,
      captureResult: site.capture,
      inlineBytes: INLINE_BYTES,
      now: ENTERED,
    },
    assign: { [staged]: ANSWER },
    output: expression('$states.input'),
    catch: [
      heldWhenSuspended(lowering, stateName(path, 'held'), origin),
      ...fault,
      ...catchInto(site.outcome, site.node, done),
    ],
  });
  const run = runTask(site, stagedTask(staged), origin);
  return [
    stage,
    ...(isConditional ? [skipIfDone(site, staged, done)] : []),
    { ...run, catch: catchInto(site.outcome, site.node) },
    { kind: 'label', label: done },
  ];
}

function skipIfDone({ path, origin, when, outcome }: StartSite, staged: string, done: string): Step {
  return {
    kind: 'choice',
    name: stateName(path, when ? 'when' : 'ready'),
    origin,
    ...(when ? { comment: `when: ${when}` } : {}),
    rules: [
      {
        condition: expression(`$${staged}.kind = "done"`),
        assign: { [outcome]: member(variable(staged), 'outcome') },
        goto: done,
      },
    ],
    otherwise: {},
  };
}

/** Lowers a member that is a plain leaf: one `stage` evaluates its call and makes it ready, then `run` runs it. */
import type { Invocation } from '../../argo/invocation.ts';
import { templateType } from '../../argo/template.ts';
import type { BundleTemplate } from '../../evaluate/bundle.ts';
import { ANSWER, type Body, ENTERED, invoke, type Lowering, RUN } from './body.ts';
import { hooksOf } from './bundle.ts';
import { runTask } from './leaf.ts';
import { isLoop } from './loop.ts';
import { type Path, stateName, variableName } from './names.ts';
import { catchInto } from './outcome.ts';
import type { Assignments, Origin, Step, Way } from './plan.ts';
import { needsSlot } from './slot.ts';
import { type Expression, expression, member, type Value, variable } from './value.ts';

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
  readonly assign?: Assignments;
  /** Whether the call is conditional, for the name of the Choice. */
  readonly when?: string | undefined;
  /** Where a group goes that could not be evaluated. */
  readonly onError?: (answer: Expression) => Way;
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
  if (isLoop(invocation) || Object.keys(hooksOf(invocation)).length > 0) return false;
  return isPlainLeaf(body.lowering, callee) && !needsSlot(body, true);
}

/** The fields that a member of a body shares with the question about it. */
export function startOfMember(
  body: Body,
  invocation: Invocation,
  fields: Pick<StartSite, 'node' | 'outcome' | 'globals' | 'ask' | 'assign' | 'onError'>,
): StartSite {
  const name = invocation.name ?? '';
  return {
    lowering: body.lowering,
    path: [...body.path, name],
    origin: { template: body.template.id, member: name },
    exit: body.exit,
    capture: body.captures.has(name),
    member: name,
    when: invocation.when,
    ...fields,
    ask: { machine: body.lowering.bundle.id, template: body.template.id, node: body.node, ...fields.ask },
  };
}

export function lowerStart(site: StartSite): readonly Step[] {
  const { lowering, path, origin } = site;
  const staged = variableName('task', path);
  const done = `${stateName(path)} done`;
  const caught = catchInto(site.outcome, site.node, done).map((clause) => ({
    ...clause,
    assign: { ...site.assign, ...clause.assign },
  }));
  const stage = invoke(lowering, {
    name: stateName(path, 'stage'),
    origin,
    handler: 'stage',
    payload: {
      op: 'start',
      ask: site.ask,
      member: site.member,
      machine: lowering.bundle.id,
      node: site.node,
      run: RUN,
      globals: lowering.hasGlobals ? [...site.globals] : [],
      exit: site.exit,
      captureResult: site.capture,
      inlineBytes: 4096,
      now: ENTERED,
    },
    assign: { ...site.assign, [staged]: ANSWER },
    output: expression('$states.input'),
    catch: caught,
  });
  const isKind = (kind: string) => expression(`$${staged}.kind = "${kind}"`);
  const failed = site.onError?.(variable(staged));
  const run = runTask({ lowering, node: site.node, outcome: site.outcome, path }, staged, origin);
  return [
    stage,
    {
      kind: 'choice',
      name: stateName(path, site.when ? 'when' : 'ready'),
      origin,
      ...(site.when ? { comment: `when: ${site.when}` } : {}),
      rules: [
        {
          condition: isKind('done'),
          assign: { [site.outcome]: member(variable(staged), 'outcome') },
          goto: done,
        },
        ...(failed === undefined ? [] : [{ condition: isKind('error'), ...failed }]),
      ],
      otherwise: {},
    },
    { ...run, catch: catchInto(site.outcome, site.node) },
    { kind: 'label', label: done },
  ];
}

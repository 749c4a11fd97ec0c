/** Draws random valid workflows: templates call templates drawn before them, so nothing recurses. */
import fc from 'fast-check';
import type { Condition, Dag, Member, Model, ModelTemplate, Need, Steps, Task } from './model.ts';

interface RawMember {
  readonly callee: number;
  readonly when: boolean | undefined;
  readonly loop: number | undefined;
  readonly skipped: number;
  readonly continues: boolean;
  readonly exit: boolean;
  /** Whether a new group of steps begins here. */
  readonly opens: boolean;
  readonly needs: readonly { readonly back: number; readonly condition: Condition }[];
  readonly join: 'and' | 'or';
}

interface RawTemplate {
  readonly isDag: boolean;
  /** A dag uses either `depends` or `dependencies`. */
  readonly plain: boolean;
  readonly retries: number | undefined;
  readonly members: readonly RawMember[];
}

const rarely = <T>(arb: fc.Arbitrary<T>, weight = 4) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: arb });

const memberArb: fc.Arbitrary<RawMember> = fc.record({
  callee: fc.nat(50),
  when: rarely(fc.boolean()),
  loop: rarely(fc.integer({ min: 1, max: 3 })),
  skipped: fc.nat(5),
  continues: fc.oneof(
    { weight: 2, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.constant(true) },
  ),
  exit: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  opens: fc.boolean(),
  needs: fc.array(
    fc.record({
      back: fc.integer({ min: 1, max: 6 }),
      condition: fc.constantFrom<Condition>('', '', '', '.Succeeded', '.Failed', '.Skipped', '.Omitted'),
    }),
    { maxLength: 3 },
  ),
  join: fc.constantFrom('and', 'or'),
});

const templateArb: fc.Arbitrary<RawTemplate> = fc.record({
  isDag: fc.boolean(),
  plain: fc.boolean(),
  retries: rarely(fc.integer({ min: 0, max: 2 }), 5),
  members: fc.array(memberArb, { minLength: 1, maxLength: 7 }),
});

const LEAVES: readonly ModelTemplate[] = [
  { name: 'leaf', body: { kind: 'leaf' } },
  { name: 'again', retries: 2, body: { kind: 'leaf' } },
  { name: 'pause', body: { kind: 'suspend', seconds: 4 } },
];

/** Runs with more leaves than this say nothing new. */
const MOST_LEAVES = 120;

export const modelArb: fc.Arbitrary<Model> = fc
  .record({
    templates: fc.array(templateArb, { minLength: 1, maxLength: 4 }),
    exit: fc.boolean(),
    isError: rarely(fc.constant(true), 6),
    seed: fc.nat(),
  })
  .map(({ templates, exit, isError, seed }): Model => {
    const bad = isError ? 'Error' : 'Failed';
    return {
      templates: build(isError ? templates.map((one) => ({ ...one, isDag: true })) : templates),
      ...(exit && { onExit: 'leaf' }),
      bad,
      seed,
    };
  })
  .filter((model) => leavesIn(model, model.templates.at(-1)?.name ?? '') <= MOST_LEAVES);

function leavesIn(model: Model, name: string): number {
  const { body } = model.templates.find((one) => one.name === name) ?? {};
  if (body?.kind !== 'steps' && body?.kind !== 'dag') return 1;
  const members = body.kind === 'dag' ? body.tasks : body.groups.flat();
  return members.reduce((sum, one) => sum + (one.loop ?? 1) * leavesIn(model, one.template), 0);
}

function build(raws: readonly RawTemplate[]): readonly ModelTemplate[] {
  const templates: ModelTemplate[] = [...LEAVES];
  for (const [at, raw] of raws.entries()) {
    const body = raw.isDag ? dagOf(raw, templates) : stepsOf(raw, templates);
    templates.push({ name: `t${at}`, ...(raw.retries !== undefined && { retries: raw.retries }), body });
  }
  const nested = belowDags(templates);
  return templates.map((one) => (nested.has(one.name) ? unforgiving(one) : one));
}

function memberOf(raw: RawMember, at: number, templates: readonly ModelTemplate[]): Member {
  // Every other callee is a composite template, the newest ones most often.
  const composites = templates.slice(LEAVES.length);
  const nested = raw.callee % 2 === 1 && composites.length > 0;
  const callee = nested
    ? composites.at(-1 - (raw.callee % composites.length))
    : LEAVES[raw.callee % LEAVES.length];
  const { loop } = raw;
  return {
    name: `m${at}`,
    template: callee?.name ?? 'leaf',
    ...(loop === undefined && raw.when !== undefined && { when: raw.when }),
    ...(loop !== undefined && { loop, ...(raw.skipped < loop && { skipped: raw.skipped }) }),
    ...(raw.continues && { continues: true }),
    ...(raw.exit && loop === undefined && { exit: raw.callee % 3 === 0 ? 'again' : 'leaf' }),
  };
}

function stepsOf(raw: RawTemplate, templates: readonly ModelTemplate[]): Steps {
  const groups: Member[][] = [];
  for (const [at, one] of raw.members.entries()) {
    const member = memberOf(one, at, templates);
    if (at === 0 || one.opens) groups.push([member]);
    else groups.at(-1)?.push(member);
  }
  return { kind: 'steps', groups };
}

function dagOf(raw: RawTemplate, templates: readonly ModelTemplate[]): Dag {
  const tasks = raw.members.map((one, at): Task => {
    const { continues, ...member } = memberOf(one, at, templates);
    const needs = new Map<string, Need>();
    for (const { back, condition } of one.needs) {
      if (back <= at)
        needs.set(`m${at - back}`, { task: `m${at - back}`, condition: raw.plain ? '' : condition });
    }
    return {
      ...member,
      ...(raw.plain && continues && { continues }),
      needs: [...needs.values()],
      join: raw.plain ? 'dependencies' : one.join,
    };
  });
  return { kind: 'dag', tasks };
}

/** Templates that something in a dag calls, directly or not. */
function belowDags(templates: readonly ModelTemplate[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name, body } of [...templates].reverse()) {
    if (body.kind === 'dag') for (const task of body.tasks) found.add(task.template);
    else if (body.kind === 'steps' && found.has(name))
      for (const step of body.groups.flat()) found.add(step.template);
  }
  return found;
}

/**
 * Argo looks for the phase of a skipped or omitted target along all nodes on the way, so that a failure which a
 * nested template forgave shows up in the dag outside. The oracle does not follow that far.
 */
function unforgiving(template: ModelTemplate): ModelTemplate {
  const { body } = template;
  const strict = <T extends Member>({ continues: _, ...member }: T) => member;
  if (body.kind === 'dag') return { ...template, body: { ...body, tasks: body.tasks.map(strict) } };
  if (body.kind === 'steps')
    return { ...template, body: { ...body, groups: body.groups.map((group) => group.map(strict)) } };
  return template;
}

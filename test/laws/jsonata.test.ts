/** What the machine decides in JSONata is what the handlers decide in TypeScript, on whatever comes. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DagTask, Step } from '../../lib/argo/invocation.ts';
import { compileExpression } from '../../lib/asl/jsonata.ts';
import { any, condition } from '../../lib/compiler/3-lower/condition.ts';
import { dependsTest } from '../../lib/compiler/3-lower/depends.ts';
import { allSucceeded, failedUnforgiven, spoiltByHook } from '../../lib/compiler/3-lower/outcome.ts';
import type { Expression } from '../../lib/compiler/3-lower/value.ts';
import { decide } from '../../lib/compiler/4-emit/facts.ts';
import { handedOn } from '../../lib/evaluate/dag-phase.ts';
import { judgeGroup } from '../../lib/evaluate/judge-group.ts';
import { type TaskResult, taskResults } from '../../lib/expression/depends/ast.ts';
import { evaluateDepends } from '../../lib/expression/depends/evaluate.ts';
import { rewriteDepends } from '../../lib/expression/depends/rewrite.ts';
import type { NodePhase, Outcome } from '../../lib/protocol/outcome.ts';

/** As loops leave it (lib/compiler/3-lower/items.ts): which phases its items have, each once. */
type Held = Outcome & { readonly phases?: readonly NodePhase[] };

interface Drawn {
  readonly isLoop: boolean;
  readonly continueOn: { readonly failed: boolean; readonly error: boolean };
  readonly held: Held;
}

const ENDS: readonly NodePhase[] = ['Succeeded', 'Failed', 'Error', 'Skipped', 'Omitted'];
const NAMES = ['a', 'b', 'c', 'd'];

const hookArb: fc.Arbitrary<readonly Outcome[] | undefined> = fc.option(
  fc.array(
    fc.record({
      node: fc.constant('hook'),
      phase: fc.constantFrom<NodePhase>('Succeeded', 'Failed', 'Error'),
      notStarted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  { nil: undefined, freq: 3 },
);

function withHooks(outcome: Outcome, hooks: readonly Outcome[] | undefined): Outcome {
  return hooks === undefined ? outcome : { ...outcome, hooks };
}

const singleArb: fc.Arbitrary<Held> = fc
  .tuple(fc.constantFrom<NodePhase>(...ENDS), fc.boolean(), hookArb)
  .map(([phase, isDaemon, hooks]) =>
    withHooks(isDaemon ? { node: 'n', phase: 'Running', daemoned: true } : { node: 'n', phase }, hooks),
  );

const itemArb: fc.Arbitrary<Outcome> = fc
  .tuple(fc.constantFrom<NodePhase>('Succeeded', 'Failed', 'Error', 'Skipped'), hookArb)
  .map(([phase, hooks]) => withHooks({ node: 'n(0:x)', phase }, hooks));

const loopArb: fc.Arbitrary<Held> = fc.array(itemArb, { maxLength: 4 }).map((items) => {
  if (items.length === 0) return { node: 'n', phase: 'Skipped' };
  const phases = items.map(({ phase }) => phase);
  const bad = phases.filter((phase) => phase === 'Failed' || phase === 'Error').at(-1);
  return { node: 'n', phase: bad ?? 'Succeeded', phases: [...new Set(phases)], items };
});

const drawnArb: fc.Arbitrary<Drawn> = fc.boolean().chain((isLoop) =>
  fc.record({
    isLoop: fc.constant(isLoop),
    continueOn: fc.record({ failed: fc.boolean(), error: fc.boolean() }),
    held: isLoop ? loopArb : singleArb,
  }),
);

const groupArb = fc.array(drawnArb, { minLength: 1, maxLength: NAMES.length });

const { depends: dependsArb } = fc.letrec<{ depends: string }>((tie) => ({
  depends: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(fc.constantFrom(...NAMES), fc.option(fc.constantFrom<TaskResult>(...taskResults)))
      .map(([name, result]) => (result === null ? name : `${name}.${result}`)),
    tie('depends').map((of) => `!(${of})`),
    fc
      .tuple(tie('depends'), fc.constantFrom('&&', '||'), tie('depends'))
      .map(([left, sign, right]) => `(${left} ${sign} ${right})`),
  ),
}));

async function machineSays({ text }: Expression, group: readonly Drawn[]): Promise<unknown> {
  const compiled = compileExpression(text);
  if (!compiled.ok) throw new Error(compiled.message);
  const held = new Map<string, Held>(group.map((one, at) => [variableOf(at), one.held]));
  const result = await compiled.expression.evaluate({
    lookup: (name) => held.get(name),
    plain: new WeakSet(),
    random: () => 0,
    uuid: () => '',
    now: () => 0,
  });
  if (!result.ok) throw new Error(`no value: ${text}`);
  return result.value;
}

function variableOf(at: number): string {
  return `out_${NAMES[at] ?? ''}`;
}

function membersOf(group: readonly Drawn[]) {
  return group.map(({ isLoop }, at) => ({ outcome: variableOf(at), isLoop, handsOn: true }));
}

function judged(group: readonly Drawn[]) {
  const steps = group.map(({ continueOn }, at): Step => ({ name: NAMES[at] ?? '', continueOn }) as Step);
  const outcomes = Object.fromEntries(group.map(({ held }, at) => [NAMES[at] ?? '', held]));
  return judgeGroup('run', steps, 'run[0]', outcomes, false).phase;
}

it('depends lets the same tasks run in the machine, in the compiler and in the handler', async () => {
  await fc.assert(
    fc.asyncProperty(
      dependsArb,
      fc.array(drawnArb, { minLength: 4, maxLength: 4 }),
      async (depends, group) => {
        const tasks = new Map(
          group.map(({ continueOn }, at) => [
            NAMES[at] ?? '',
            { name: NAMES[at] ?? '', continueOn } as DagTask,
          ]),
        );
        const task = { name: 'next', depends } as DagTask;
        const lookup = (name: string) => tasks.get(name);
        const rewritten = rewriteDepends(task, lookup);
        if (!rewritten.ok) throw new Error(rewritten.error);
        const decision = evaluateDepends(rewritten.logic, (name) => {
          const { phase, daemoned, items } = group[NAMES.indexOf(name)]?.held ?? {};
          return { phase, daemoned, children: items?.map((item) => item.phase) };
        });
        const test = dependsTest(task, lookup, (name) => variableOf(NAMES.indexOf(name)));
        if (!test || !decision.ok || !decision.proceed) throw new Error(`undecided: ${depends}`);
        expect(await machineSays(condition(test), group)).toBe(decision.execute);
        const facts = new Map(group.map(({ held }, at) => [variableOf(at), [held.phase]]));
        expect([decision.execute, undefined]).toContain(decide(test, facts));
      },
    ),
    { numRuns: 2_000 },
  );
});

it('a group of steps is left for the handler exactly where the handler lets it fail', async () => {
  await fc.assert(
    fc.asyncProperty(groupArb, async (group) => {
      const failed = membersOf(group).flatMap((member, at) => [
        spoiltByHook(member),
        ...[failedUnforgiven(member, group[at]?.continueOn ?? { failed: false, error: false }) ?? []].flat(),
      ]);
      expect(await machineSays(condition(any(failed)), group)).toBe(judged(group) !== 'Succeeded');
    }),
    { numRuns: 1_000 },
  );
});

it('what the machine lets succeed by itself succeeds in the handler, and hands on nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(groupArb, async (group) => {
      const isWell = await machineSays(allSucceeded(membersOf(group)), group);
      if (isWell !== true) return;
      expect(judged(group)).toBe('Succeeded');
      const handed = group.flatMap(({ held }) => handedOn(held, 'Succeeded'));
      expect(new Set(handed)).toEqual(new Set(['Succeeded']));
    }),
    { numRuns: 1_000 },
  );
});

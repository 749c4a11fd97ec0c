/** `depends` and `dependencies`: what they turn into, their tree, and what they decide. */
import { describe, expect, test } from 'vitest';
import { type DependsAst, refsOf } from '../../../lib/expression/depends/ast.ts';
import {
  type DependsNode,
  evaluateDepends,
  evaluateDependsAst,
} from '../../../lib/expression/depends/evaluate.ts';
import { parseDepends } from '../../../lib/expression/depends/parse.ts';
import { findBadResult, rewriteDepends } from '../../../lib/expression/depends/rewrite.ts';

const anyTask = () => ({});

describe('rewriting', () => {
  function logicOf(depends: string): string {
    const got = rewriteDepends({ depends }, anyTask);
    return got.ok ? got.logic : got.error;
  }

  test.each([
    ['lint', '(lint.Succeeded || lint.Skipped || lint.Daemoned)'],
    ['lint.Failed', 'lint.Failed'],
    ['!un-it', '!(un-it.Succeeded || un-it.Skipped || un-it.Daemoned)'],
  ])('%s', (depends, logic) => expect(logicOf(depends)).toBe(logic));

  test('dependencies are joined, with what continueOn lets pass', () => {
    const continueOn = { failed: true, error: true };
    const got = rewriteDepends({ dependencies: ['lint', 'unit'] }, (task) =>
      task === 'unit' ? { continueOn } : {},
    );
    expect(got.ok && got.logic).toBe(
      '(lint.Succeeded || lint.Skipped || lint.Daemoned) && ' +
        '(unit.Succeeded || unit.Skipped || unit.Daemoned || unit.Errored || unit.Failed)',
    );
  });

  test('asking for AnySucceeded makes a loop of the task, unless its bare name follows', () => {
    const kinds = (depends: string) => {
      const got = rewriteDepends({ depends }, anyTask);
      return got.ok ? Object.fromEntries(got.dependencies) : undefined;
    };
    expect(kinds('many && many.AnySucceeded || one.Failed')).toEqual({ many: 'items', one: 'task' });
    expect(kinds('many.AllFailed || many')).toEqual({ many: 'task' });
  });

  test('a name that is no task is an error at its place', () => {
    const got = rewriteDepends({ depends: 'lint && nope' }, (task) => (task === 'lint' ? {} : undefined));
    expect(got).toMatchObject({ ok: false, task: 'nope', position: 8 });
  });

  test('an unknown result is found at its place', () => {
    expect(findBadResult('lint.Failed || unit.Broken')).toMatchObject({
      task: 'unit',
      result: 'Broken',
      position: 20,
    });
    expect(findBadResult('lint.Failed || unit.Errored')).toBeUndefined();
  });
});

/** The tree as nested lists. */
function shapeOf(ast: DependsAst): unknown {
  switch (ast.kind) {
    case 'ref':
      return ast.result === undefined ? ast.task : `${ast.task}.${ast.result}`;
    case 'text':
      return [ast.value];
    case 'not':
      return ['not', shapeOf(ast.operand)];
    case 'choice':
      return ['choice', shapeOf(ast.condition), shapeOf(ast.then), shapeOf(ast.otherwise)];
    default:
      return [ast.kind, shapeOf(ast.left), shapeOf(ast.right)];
  }
}

describe('parsing', () => {
  test.each<[string, unknown]>([
    ['a || b && c', ['or', 'a', ['and', 'b', 'c']]],
    ['a || b || c', ['or', ['or', 'a', 'b'], 'c']],
    ['!a == b.Failed', ['equal', ['not', 'a'], 'b.Failed']],
    ['!(a && b)', ['not', ['and', 'a', 'b']]],
    ['a.Failed ? b : c-d', ['choice', 'a.Failed', 'b', 'c-d']],
    ['a /* either */ || b // or', ['or', 'a', 'b']],
    ["'x' != 'y'", ['unequal', ['x'], ['y']]],
  ])('%s', (text, shape) => {
    const parsed = parseDepends(text);
    expect(parsed.ok ? shapeOf(parsed.ast) : parsed.error).toEqual(shape);
  });

  test.each<[string, number]>([
    ['', 0],
    ['a &&', 4],
    ['a b', 2],
    ['(a', 2],
    ['a and b', 2],
    ['a.Wrong', 2],
    ['a & b', 2],
    ['true', 0],
    ['1a', 0],
    ["a && 'x'", 5],
    ['a ?? b && c', 7],
    [`${'('.repeat(1000)}a${')'.repeat(1000)}`, 200],
  ])('%s is refused', (text, position) => expect(parseDepends(text)).toMatchObject({ ok: false, position }));

  test('references come in order, with their places', () => {
    const parsed = parseDepends('b.Failed || (a && b)');
    const found = parsed.ok ? refsOf(parsed.ast).map(({ task, start, end }) => [task, start, end]) : [];
    expect(found).toEqual([
      ['b', 0, 8],
      ['a', 13, 14],
      ['b', 18, 19],
    ]);
  });
});

describe('deciding', () => {
  const nodes: Readonly<Record<string, DependsNode>> = {
    good: { phase: 'Succeeded' },
    bad: { phase: 'Failed' },
    broken: { phase: 'Error' },
    left: { phase: 'Omitted' },
    'sk-ip': { phase: 'Skipped' },
    busy: { phase: 'Running' },
    server: { phase: 'Running', daemoned: true },
    hooked: { phase: 'Succeeded', areHooksDone: false },
    loop: { phase: 'Failed', children: ['Succeeded', 'Failed'] },
    lost: { phase: 'Failed', children: ['Failed', undefined] },
  };

  function decide(depends: string): string {
    const rewritten = rewriteDepends({ depends }, anyTask);
    const got = rewritten.ok ? evaluateDepends(rewritten.logic, (task) => nodes[task]) : rewritten;
    if (!got.ok) return 'error';
    if (!('proceed' in got) || !got.proceed) return 'wait';
    return got.execute ? 'run' : 'omit';
  }

  test.each([
    ['good', 'run'],
    ['sk-ip', 'run'],
    ['bad', 'omit'],
    ['left', 'omit'],
    ['server', 'run'],
    ['server.Succeeded', 'omit'],
    ['busy || good', 'wait'],
    ['hooked', 'wait'],
    ['nobody', 'wait'],
    ['bad.Failed && broken.Errored && left.Omitted', 'run'],
    ['loop.AnySucceeded && !loop.AllFailed', 'run'],
    ['lost.AllFailed', 'omit'],
    ['good.AnySucceeded', 'omit'],
    ['good == bad.Failed', 'run'],
    ['bad ? good : broken.Errored', 'run'],
    ['good &&', 'error'],
    ['busy &&', 'wait'],
    ['good.Best', 'error'],
    ["'good'", 'error'],
  ])('%s: %s', (depends, decision) => expect(decide(depends)).toBe(decision));

  test('without dependencies a task runs at once', () => {
    expect(evaluateDepends('', () => undefined)).toEqual({ ok: true, proceed: true, execute: true });
  });

  test('the tree as written decides like the rewritten logic', () => {
    const parsed = parseDepends('good && !bad');
    expect(parsed.ok && evaluateDependsAst(parsed.ast, (task) => nodes[task])).toMatchObject({
      execute: true,
    });
  });

  test('long chains do not exhaust the stack', () => {
    const parsed = parseDepends(Array(4_000).fill('good').join(' && '));
    expect(parsed.ok && evaluateDependsAst(parsed.ast, (task) => nodes[task])).toMatchObject({
      execute: true,
    });
  });
});

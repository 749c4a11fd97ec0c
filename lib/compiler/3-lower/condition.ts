/** Conditions about the phases of outcomes: JSONata for the machine, and a Test that the compiler can decide itself. */
import type { NodePhase } from '../../protocol/outcome.ts';
import { type Expression, expression, type Test, textOf } from './value.ts';

export function phaseIn(outcome: string, phases: readonly NodePhase[]): Test {
  return { kind: 'phase', outcome, phases };
}

export function not(of: Test): Test {
  return of.kind === 'not' ? of.of : { kind: 'not', of };
}

export function all(of: readonly Test[]): Test {
  return joined('all', of);
}

export function any(of: readonly Test[]): Test {
  return joined('any', of);
}

function joined(kind: 'all' | 'any', of: readonly Test[]): Test {
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind, of };
}

export function condition(test: Test): Expression {
  return expression(textOfTest(test), { test });
}

/**
 * A variable that was never assigned makes every comparison false in JSONata, `!=` as well. So what is asked for is
 * always that a phase is among some, and its denial goes through $not.
 */
function textOfTest(test: Test): string {
  switch (test.kind) {
    case 'phase':
      return phaseText(`$${test.outcome}.phase`, test.phases);
    case 'text':
      return test.text;
    case 'not':
      return `$not(${textOfTest(test.of)})`;
    case 'all':
    case 'any':
      return joinedText(test);
  }
}

function phaseText(phase: string, phases: readonly NodePhase[]): string {
  return phases.length === 1 ? `${phase} = ${textOf(phases[0] ?? '')}` : `${phase} in ${textOf(phases)}`;
}

type Joined = Extract<Test, { kind: 'all' | 'any' }>;

/** Outcomes that are asked the same are counted in one go, since AWS limits how deep an expression may be. */
function joinedText({ kind, of }: Joined): string {
  const groups = new Map<string, string[]>();
  const parts: string[] = [];
  for (const test of of) {
    if (test.kind !== 'phase') {
      parts.push(`(${textOfTest(test)})`);
      continue;
    }
    const asked = phaseText('phase', test.phases);
    const group = groups.get(asked);
    if (group === undefined) groups.set(asked, [test.outcome]);
    else group.push(test.outcome);
  }
  for (const [asked, outcomes] of groups) {
    const list = outcomes.map((outcome) => `$${outcome}`).join(', ');
    const [only] = outcomes;
    if (outcomes.length === 1) parts.push(`$${only}.${asked}`);
    else if (kind === 'any') parts.push(`$count([${list}][${asked}]) > 0`);
    else parts.push(`$count([${list}][${asked}]) = ${outcomes.length}`);
  }
  return parts.join(kind === 'all' ? ' and ' : ' or ');
}

/** Those of a list of phases that are among the given; the item has a name, since Step Functions knows no bare `$`. */
export function among(list: string, phases: readonly NodePhase[]): string {
  return `$filter(${list}, function($one) { $one in ${JSON.stringify(phases)} })`;
}

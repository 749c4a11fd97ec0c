/** A step loops over one thing. `addItemsToScope` in `workflow/validate/validate.go`. */

import type { Invocation } from '../../../argo/invocation.ts';
import { type Frame, report } from '../frame.ts';
import type { Scope } from '../scope.ts';
import { anyItem } from './variables.ts';

/** An empty `withItems` is no loop at all. */
export function loopsOf(invocation: Invocation): readonly ('withItems' | 'withParam' | 'withSequence')[] {
  const { withItems, withParam, withSequence } = invocation;
  return [
    ...(withItems?.length ? (['withItems'] as const) : []),
    ...(withParam ? (['withParam'] as const) : []),
    ...(withSequence ? (['withSequence'] as const) : []),
  ];
}

export function checkLoop(frame: Frame, invocation: Invocation, scope: Scope): void {
  const { spans } = frame;
  const loops = loopsOf(invocation);
  if (loops.length > 1) {
    const message = `"${invocation.name}" has both ${loops.join(' and ')}`;
    report(frame, 'several-loops', spans.key(invocation, loops[1]!), message);
    scope.add('item', anyItem);
    return;
  }
  const { withItems, withSequence } = invocation;
  if (withItems?.length) addItems(withItems, scope);
  else if (loops[0] === 'withParam') scope.add('item', anyItem);
  else if (withSequence) {
    if (withSequence.count !== undefined && withSequence.end !== undefined) {
      const message = `withSequence of "${invocation.name}" has both count and end`;
      report(frame, 'invalid-sequence', spans.key(withSequence, 'end'), message, {
        hint: 'keep one of the two',
      });
    }
    scope.add('item');
  }
}

function addItems(items: NonNullable<Invocation['withItems']>, scope: Scope): void {
  for (const item of items) {
    if (typeof item !== 'object' || item === null) scope.add('item');
    else if (Array.isArray(item)) for (const index of item.keys()) scope.add(`item.[${index}]`);
    else for (const key of Object.keys(item)) scope.add(`item.${key}`);
  }
}

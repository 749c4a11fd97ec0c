/** Evaluates at compile time what depends on nothing that a run brings. */
import type { Body } from './body.ts';
import type { Value } from './value.ts';

/** The group's members where they are constant; undefined where the evaluate handler must be asked. */
export function foldGroup(
  _body: Body,
  _group: number,
): { readonly members: Readonly<Record<string, Value>> } | undefined {
  return undefined;
}

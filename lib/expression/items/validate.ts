/** What Argo's linter says about a loop, and the variables that its items bring (validate.go, addItemsToScope). */
import type { Sequence } from '../../argo/parameter.ts';
import type { ExactJson } from './exact-json.ts';
import { itemKind } from './item.ts';

export interface LoopFields {
  readonly withItems?: readonly ExactJson[] | undefined;
  readonly withParam?: string | undefined;
  readonly withSequence?: Sequence | undefined;
}

export interface LoopVariables {
  readonly names: ReadonlySet<string>;
  /** True where the keys of the items are not known before the run: every `item.…` may be there. */
  readonly isOpen: boolean;
}

/** What is wrong with the fields of a loop; undefined where nothing is. A sequence without end passes, as upstream. */
export function findLoopFault(loop: LoopFields): string | undefined {
  const given = [(loop.withItems?.length ?? 0) > 0, Boolean(loop.withParam), loop.withSequence !== undefined];
  if (given.filter(Boolean).length > 1)
    return 'only one of withItems, withParam, withSequence can be specified';
  const { count, end } = loop.withSequence ?? {};
  if (count === undefined || end === undefined) return undefined;
  return 'only one of count or end can be defined in withSequence';
}

function namesOf(item: ExactJson): string[] {
  const kind = itemKind(item);
  // Of a list, Argo's linter knows `item.[0]` and so on; `item` itself is taken for unknown.
  if (kind === 'list') return item.kind === 'list' ? item.items.map((_, index) => `item.[${index}]`) : [];
  if (kind === 'map') return item.kind === 'map' ? item.entries.map(({ key }) => `item.${key.value}`) : [];
  return ['item'];
}

/** The names that tags of a loop's step may use. */
export function loopVariables(loop: LoopFields): LoopVariables {
  if (loop.withItems && loop.withItems.length > 0) {
    return { names: new Set(loop.withItems.flatMap(namesOf)), isOpen: false };
  }
  if (loop.withParam) return { names: new Set(['item']), isOpen: true };
  return { names: new Set(loop.withSequence ? ['item'] : []), isOpen: false };
}

/** The tree of a `depends` expression. Offsets are UTF-16 offsets in the text. */

/** What may be asked of a task: the fields of TaskResults in workflow/controller/dag.go. */
export const taskResults = [
  'Succeeded',
  'Failed',
  'Errored',
  'Skipped',
  'Omitted',
  'Daemoned',
  'AnySucceeded',
  'AllFailed',
] as const;

export type TaskResult = (typeof taskResults)[number];

interface At {
  readonly start: number;
  readonly end: number;
}

/** `build.Failed`, or `build` alone: Succeeded, Skipped or Daemoned. */
export interface DependsRef extends At {
  readonly kind: 'ref';
  readonly task: string;
  readonly result: TaskResult | undefined;
}

export interface DependsNot extends At {
  readonly kind: 'not';
  readonly operand: DependsAst;
}

/**
 * `and`, `or`; `equal` and `unequal`, which compare two answers; `else` is `??`, which always takes the
 * left.
 */
export interface DependsPair extends At {
  readonly kind: 'and' | 'or' | 'equal' | 'unequal' | 'else';
  readonly left: DependsAst;
  readonly right: DependsAst;
}

/** `condition ? then : otherwise`. */
export interface DependsChoice extends At {
  readonly kind: 'choice';
  readonly condition: DependsAst;
  readonly then: DependsAst;
  readonly otherwise: DependsAst;
}

/** A literal in quotes, which can only be compared. */
export interface DependsText extends At {
  readonly kind: 'text';
  readonly value: string;
}

export type DependsAst = DependsRef | DependsNot | DependsPair | DependsChoice | DependsText;

export function isTaskResult(word: string): word is TaskResult {
  return (taskResults as readonly string[]).includes(word);
}

/** The results that satisfy a name alone (workflow/common/ancestry.go, expandDependency). */
export function plainResults(continueOn: ContinueOn | undefined): readonly TaskResult[] {
  const results: TaskResult[] = ['Succeeded', 'Skipped', 'Daemoned'];
  if (continueOn?.error) results.push('Errored');
  if (continueOn?.failed) results.push('Failed');
  return results;
}

export interface ContinueOn {
  readonly error?: boolean | undefined;
  readonly failed?: boolean | undefined;
}

/** Every reference of a tree, in order of position. */
export function refsOf(ast: DependsAst): readonly DependsRef[] {
  const refs: DependsRef[] = [];
  const open: DependsAst[] = [ast];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.kind === 'ref') refs.push(node);
    open.push(...childrenOf(node));
  }
  return refs.sort((a, b) => a.start - b.start);
}

function childrenOf(node: DependsAst): readonly DependsAst[] {
  switch (node.kind) {
    case 'ref':
    case 'text':
      return [];
    case 'not':
      return [node.operand];
    case 'choice':
      return [node.condition, node.then, node.otherwise];
    default:
      return [node.left, node.right];
  }
}

/** What can be told of a JSONata expression from its syntax tree, before it is ever evaluated. */

export interface AstNode {
  readonly type: string;
  readonly value?: unknown;
  readonly [field: string]: unknown;
}

export interface AstFacts {
  /** Variables read that the expression does not bind itself; functions it calls are among them. */
  readonly variables: ReadonlySet<string>;
  /** Functions called by name that the expression does not bind itself. */
  readonly calls: ReadonlySet<string>;
  /** Members asked of `$states`, such as `input`; undefined stands for `$states` as a whole. */
  readonly statesMembers: ReadonlySet<string | undefined>;
  /** `$`, `$$` and names that refer to the context item where there is none. */
  readonly contextReferences: readonly string[];
  /** Levels of nesting. */
  readonly depth: number;
  /** Whether evaluation may take long or go deep although its input is small. */
  readonly unbounded: boolean;
  /** Names through which an expression could reach the prototypes of JavaScript's objects. */
  readonly prototypeNames: boolean;
  /** Whether it groups (`{}` after a path), where jsonata 2.0.6 may write into its input. */
  readonly groups: boolean;
}

interface Walk {
  readonly seen: Set<object>;
  readonly variables: Set<string>;
  readonly locals: Set<string>;
  readonly calls: Set<string>;
  readonly statesMembers: Set<string | undefined>;
  readonly contextReferences: string[];
  depth: number;
  unbounded: boolean;
  groups: boolean;
  prototypeNames: boolean;
}

/** Where a node stands: how deep, whether a context item exists, and within how many iterations. */
interface Place {
  readonly depth: number;
  readonly hasContext: boolean;
  readonly loops: number;
}

export function factsOf(ast: AstNode): AstFacts {
  const walk: Walk = {
    seen: new Set(),
    variables: new Set(),
    locals: new Set(),
    calls: new Set(),
    statesMembers: new Set(),
    contextReferences: [],
    depth: 0,
    unbounded: false,
    groups: false,
    prototypeNames: false,
  };
  visit(walk, ast, { depth: 1, hasContext: false, loops: 0 });
  const free = (names: ReadonlySet<string>) => new Set([...names].filter((name) => !walk.locals.has(name)));
  return { ...walk, variables: free(walk.variables), calls: free(walk.calls) };
}

function isNode(value: unknown): value is AstNode {
  return typeof value === 'object' && value !== null && !(value instanceof RegExp);
}

const UNBOUNDED = new Set(['lambda', 'apply', 'partial', 'transform', 'descendant', 'parent']);

function visit(walk: Walk, node: AstNode, place: Place): void {
  if (walk.seen.has(node)) return;
  walk.seen.add(node);
  walk.depth = Math.max(walk.depth, place.depth);
  if (UNBOUNDED.has(node.type) || node.value === '..' || place.loops > 1) walk.unbounded = true;
  note(walk, node, place);
  const inner = { ...place, depth: place.depth + 1 };
  if (node.type === 'path') visitSteps(walk, node, inner);
  else visitMembers(walk, node, inner);
}

const PROTOTYPE_NAME = /^__(proto|(define|lookup)(Getter|Setter))__$/;

/** Records what the node itself names. */
function note(walk: Walk, node: AstNode, place: Place): void {
  const { type, value } = node;
  if (type === 'variable' && typeof value === 'string') {
    if (value === '' || value === '$') {
      if (!place.hasContext || value === '$') walk.contextReferences.push(`$${value}`);
    } else walk.variables.add(value);
    if (value === 'states') walk.statesMembers.add(undefined);
  }
  if (
    !place.hasContext &&
    (type === 'name' || type === 'wildcard' || type === 'descendant' || type === 'parent')
  ) {
    walk.contextReferences.push(String(value ?? '%'));
  }
  if (type === 'name' && PROTOTYPE_NAME.test(String(value))) walk.prototypeNames = true;
  if (type === 'function' || type === 'partial') {
    const procedure = node['procedure'];
    if (isNode(procedure) && procedure.type === 'variable') walk.calls.add(String(procedure.value));
  }
  for (const bound of [node['focus'], node['index']]) if (typeof bound === 'string') walk.locals.add(bound);
  if (type === 'bind' && isNode(node['lhs'])) walk.locals.add(String(node['lhs'].value));
  if (type === 'lambda' && Array.isArray(node['arguments'])) {
    for (const parameter of node['arguments'])
      if (isNode(parameter)) walk.locals.add(String(parameter.value));
  }
  if (isNode(node['group'])) walk.groups = true;
}

function visitSteps(walk: Walk, path: AstNode, place: Place): void {
  const steps = Array.isArray(path['steps']) ? path['steps'].filter(isNode) : [];
  const [first, second] = steps;
  const wholeStates = walk.statesMembers.has(undefined);
  steps.forEach((step, i) => {
    const plain = i === 0 || step.type === 'name';
    const loops = plain ? place.loops : place.loops + 1;
    visit(walk, step, { ...place, hasContext: place.hasContext || i > 0, loops });
  });
  if (first?.type === 'variable' && first.value === 'states' && first['predicate'] === undefined) {
    if (second?.type === 'name') {
      if (!wholeStates) walk.statesMembers.delete(undefined);
      walk.statesMembers.add(String(second.value));
    }
  }
  visitMembers(walk, { ...path, steps: undefined }, place);
}

/** Members evaluated once for each item of what stands before them. */
const LOOPING = new Set(['predicate', 'stages', 'group', 'terms', 'pattern', 'update', 'delete']);

function visitMembers(walk: Walk, node: AstNode, place: Place): void {
  for (const [field, member] of Object.entries(node)) {
    if (typeof member !== 'object' || member === null || field === 'slot' || field === 'ancestor') continue;
    if (field === 'arguments' && node.type === 'lambda') continue;
    const looping = LOOPING.has(field);
    const inner = looping ? { ...place, hasContext: true, loops: place.loops + 1 } : place;
    visitValue(walk, member, inner);
  }
}

function visitValue(walk: Walk, value: unknown, place: Place): void {
  if (Array.isArray(value)) {
    for (const item of value) visitValue(walk, item, place);
    return;
  }
  if (!isNode(value)) return;
  if (typeof value.type === 'string' && value.type !== 'filter' && value.type !== 'index') {
    visit(walk, value, place);
    return;
  }
  // Wrappers without meaning of their own: filters, terms of a sort, pairs of a group.
  for (const member of Object.values(value)) if (typeof member === 'object') visitValue(walk, member, place);
}

/** Checks calls of the built-in functions that take a predicate. */
import type { BuiltinNode, Node } from '../ast.ts';
import { ExprFault } from '../fault.ts';
import { ANY_LIST } from '../go-types.ts';
import type { Checker } from './checker.ts';
import {
  BOOL,
  elementNature,
  INT,
  isBool,
  isList,
  isString,
  isUnknown,
  listOf,
  type Nature,
  nameOf,
  UNKNOWN,
} from './nature.ts';

const NO_OUTPUT = 'predicate should has one input and one output param';
const none: ReadonlyMap<string, Nature> = new Map();
const index: ReadonlyMap<string, Nature> = new Map([['index', INT]]);
const indexAndAcc: ReadonlyMap<string, Nature> = new Map([
  ['index', INT],
  ['acc', UNKNOWN],
]);

/** What the call gives; undefined where the function takes no predicate. */
export function checkPredicateCall(checker: Checker, node: BuiltinNode): Nature | undefined {
  switch (node.name) {
    case 'all':
    case 'none':
    case 'any':
    case 'one':
      condition(checker, node, collectionOf(checker, node));
      return BOOL;
    case 'filter': {
      const collection = collectionOf(checker, node);
      condition(checker, node, collection);
      return isUnknown(collection) ? { type: ANY_LIST } : listOf(elementNature(collection));
    }
    case 'find':
    case 'findLast': {
      const collection = collectionOf(checker, node);
      condition(checker, node, collection);
      return isUnknown(collection) ? UNKNOWN : elementNature(collection);
    }
    case 'findIndex':
    case 'findLastIndex':
      condition(checker, node, collectionOf(checker, node));
      return INT;
    case 'count': {
      const collection = collectionOf(checker, node);
      if (node.args.length > 1) condition(checker, node, collection);
      return INT;
    }
    case 'map':
      return listOf(predicate(checker, node, collectionOf(checker, node), index));
    case 'sum':
      return sum(checker, node);
    case 'groupBy':
      predicate(checker, node, collectionOf(checker, node), none);
      return { type: 'map[interface {}][]interface {}' };
    case 'sortBy':
      return sortBy(checker, node);
    case 'reduce':
      return reduce(checker, node);
    default:
      return undefined;
  }
}

function collectionOf(checker: Checker, node: BuiltinNode): Nature {
  const argument = argumentAt(node, 0);
  const collection = checker.visit(argument);
  if (isList(collection) || isUnknown(collection)) return collection;
  throw new ExprFault(`builtin ${node.name} takes only array (got ${nameOf(collection)})`, argument.at);
}

function argumentAt(node: BuiltinNode, at: number): Node {
  const argument = node.args[at];
  if (!argument) throw new ExprFault(`not enough arguments to call ${node.name}`, node.at);
  return argument;
}

/** What the predicate gives; a nil is no output. */
function predicate(
  checker: Checker,
  node: BuiltinNode,
  collection: Nature,
  variables: ReadonlyMap<string, Nature>,
): Nature {
  const argument = argumentAt(node, 1);
  checker.collections.push({ nature: collection, variables });
  const output = checker.visit(argument);
  checker.collections.pop();
  if (output.nil) throw new ExprFault(NO_OUTPUT, argument.at);
  return output;
}

function condition(checker: Checker, node: BuiltinNode, collection: Nature): void {
  const output = predicate(checker, node, collection, none);
  if (isBool(output) || isUnknown(output)) return;
  throw new ExprFault(`predicate should return boolean (got ${nameOf(output)})`, argumentAt(node, 1).at);
}

function sum(checker: Checker, node: BuiltinNode): Nature {
  const collection = collectionOf(checker, node);
  if (node.args.length > 1) return predicate(checker, node, collection, none);
  return isUnknown(collection) ? UNKNOWN : elementNature(collection);
}

function sortBy(checker: Checker, node: BuiltinNode): Nature {
  const collection = collectionOf(checker, node);
  const output = predicate(checker, node, collection, none);
  const order = node.args[2];
  if (order) {
    const nature = checker.visit(order);
    if (!isString(nature) && !isUnknown(nature)) {
      throw new ExprFault(`sortBy order argument must be a string (got ${nameOf(nature)})`, order.at);
    }
  }
  return output.nil ? UNKNOWN : collection;
}

function reduce(checker: Checker, node: BuiltinNode): Nature {
  const output = predicate(checker, node, collectionOf(checker, node), indexAndAcc);
  if (node.args[2]) checker.visit(node.args[2]);
  return output;
}

/** What can be told of a tree before it is evaluated. */

import type { AstFacts } from '../jsonata-ast.ts';
import { childrenOf, depthOf, type Tree } from './tree.ts';

export function factsOfTree(tree: Tree): AstFacts {
  const variables = new Set<string>();
  const calls = new Set<string>();
  const bound = new Set<string>();
  const statesMembers = new Set<string | undefined>();
  const visit = (node: Tree): void => {
    if (node.kind === 'bind') bound.add(node.name);
    if (node.kind === 'call') for (const names of [variables, calls]) names.add(node.name);
    if (node.kind === 'variable') variables.add(node.name);
    if (isStates(node)) statesMembers.add(undefined);
    if (node.kind === 'member' && isStates(node.of)) {
      statesMembers.add(node.name);
      return void variables.add('states');
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(tree);
  for (const name of bound) variables.delete(name);
  return {
    variables,
    calls,
    statesMembers,
    contextReferences: [],
    depth: depthOf(tree),
    unbounded: false,
    prototypeNames: false,
    groups: false,
  };
}

function isStates(node: Tree): boolean {
  return node.kind === 'variable' && node.name === 'states';
}

/**
 * How deep a node lies among nested templates; Argo stops at a depth of 100 (executeTemplate, maxStackDepth).
 */

export const MAX_DEPTH = 100;

/** The root has depth 1. Hooks and attempts lie as deep as the node that they belong to. */
export function nodeDepth(run: string, node: string): number {
  const path = node.startsWith(run) ? node.slice(run.length) : node;
  const bare = path.replace(/\([^()]*\)/g, '').replace(/\.(?:onExit|hooks\.[^.[]+)(?=$|[.[])/g, '');
  return 1 + bare.split('.').length - 1;
}

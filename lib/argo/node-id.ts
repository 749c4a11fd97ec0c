/** Argo's identifiers: the id of a node and the name of its pod, both made from the node's name. */

const MAX_POD_NAME = 253;
const HASH_ROOM = 10;

/** FNV-1a, 32 bits, over the UTF-8 bytes of a text. */
export function fnv1a32(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash;
}

/** `pkg/apis/workflow/v1alpha1` Workflow.NodeID: the root node's id is the workflow's own name. */
export function nodeId(workflow: string, nodeName: string): string {
  return nodeName === workflow ? workflow : `${workflow}-${fnv1a32(nodeName)}`;
}

/** `workflow/util/pod_name.go`, version 2: the prefix is cut so that the hash always fits. */
export function podName(workflow: string, nodeName: string, templateName: string): string {
  if (nodeName === workflow) return workflow;
  const prefix = templateName === '' ? workflow : `${workflow}-${templateName}`;
  return `${prefix.slice(0, MAX_POD_NAME - HASH_ROOM - 1)}-${fnv1a32(nodeName)}`;
}

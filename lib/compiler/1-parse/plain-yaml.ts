/** Reads a text of one YAML document as plain values, for texts that lie inside a workflow, such as `podSpecPatch`. */
import { defaultLimits } from './limits.ts';
import type { YamlNode } from './node.ts';
import { readYaml } from './yaml.ts';

/** Throws an Error that says what is wrong and where. */
export function readPlainYaml(text: string): unknown {
  const read = readYaml(text, defaultLimits);
  const problem = read.problems[0];
  if (problem) throw new Error(problem.message);
  return read.node === undefined ? null : plain(read.node);
}

function plain(node: YamlNode): unknown {
  switch (node.kind) {
    case 'map':
      return Object.fromEntries(node.entries.map((entry) => [entry.key, plain(entry.value)]));
    case 'list':
      return node.items.map(plain);
    default:
      return node.value;
  }
}

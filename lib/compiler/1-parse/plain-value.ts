/** Reads YAML that is no document of Argo's, such as a patch or a file of parameters, as a plain value. */
import { defaultLimits } from './limits.ts';
import type { YamlNode } from './node.ts';
import { readYaml } from './yaml.ts';

/** Throws an Error that says what is wrong with the text. */
export function readYamlValue(text: string): unknown {
  const { node, problems } = readYaml(text, defaultLimits);
  const [problem] = problems;
  if (problem !== undefined) throw new Error(problem.message);
  return node === undefined ? null : plainOf(node);
}

function plainOf(node: YamlNode): unknown {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainOf);
  return Object.fromEntries(node.entries.map(({ key, value }) => [key, plainOf(value)]));
}

/** Of cases that ask the same of an engine and end the same way, one is enough where each costs a second. */
import { type Template, templateType } from '../../lib/argo/template.ts';
import { expectedOf, prepareCase } from './run-case.ts';

const LEAVES: ReadonlySet<string> = new Set(['container', 'script', 'containerSet', 'data', 'resource']);

/** As few of the cases as have every feature that any has, the richest first. */
export function coveringCases(names: readonly string[]): readonly string[] {
  const left = new Map(names.map((name) => [name, featuresOf(name)]));
  const chosen: string[] = [];
  for (;;) {
    const [next, features] = [...left].reduce((best, one) => (one[1].size > best[1].size ? one : best));
    if (features.size === 0) return chosen.sort();
    chosen.push(next);
    const covered = new Set(features);
    for (const rest of left.values()) for (const feature of covered) rest.delete(feature);
  }
}

/** Fields of leaves, and how their nodes end. */
function featuresOf(name: string): Set<string> {
  const { bundle } = prepareCase(name).compiled;
  const features = new Set<string>();
  for (const { template } of Object.values(bundle.templates))
    if (LEAVES.has(templateType(template) ?? '')) addFields(features, podFields(template), '');
  for (const { type, phase, message = '' } of Object.values(expectedOf(name).nodes))
    if (type === 'Pod' || type === 'Container')
      features.add(`${type} ${phase} ${message.split(/[:(]/)[1] ?? ''}`);
  return features;
}

/** What is left to the engine; all else is done by the machine around it. */
function podFields(template: Template): Partial<Template> {
  const { name: _name, retryStrategy: _retry, memoize: _memo, synchronization: _locks, ...pod } = template;
  return pod;
}

function addFields(features: Set<string>, value: unknown, path: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = Array.isArray(value) ? path : `${path}.${key}`;
    features.add(at);
    addFields(features, inner, at);
  }
}

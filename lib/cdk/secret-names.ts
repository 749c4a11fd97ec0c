/** The Kubernetes Secrets that a bundle's templates name, so that a role can be given these and no others. */
import type { Bundle } from '../evaluate/bundle.ts';

/** `env[].valueFrom.secretKeyRef`, `envFrom[].secretRef`, and the credentials of artifact stores. */
const REFERENCE = /^(secretKeyRef|secretRef|secret|\w+Secret)$/;

/** Undefined when a name is known only at run time. */
export function secretNames(bundle: Bundle): readonly string[] | undefined {
  const names = new Set<string>();
  collect(bundle as unknown, names);
  return [...names].some((name) => name.includes('{{')) ? undefined : [...names].sort();
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) for (const one of value) collect(one, names);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, one] of Object.entries(value)) {
    if (key === 'secretName' && typeof one === 'string') names.add(one);
    const name = REFERENCE.test(key) ? (one as { name?: unknown } | null)?.name : undefined;
    if (typeof name === 'string') names.add(name);
    collect(one, names);
  }
}

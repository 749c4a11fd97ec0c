/** Which tags have to resolve (Replace and ReplaceStrictAny in util/template/replace.go). */

/**
 * `none`: a tag without value stays as it is. `all`: each must resolve. Prefixes: tags whose first part
 * is one of them must, such as `steps` and `tasks`; artifacts excepted, which are resolved later.
 */
export type Strictness = 'none' | 'all' | { readonly prefixes: readonly string[] };

export function isStrict(strictness: Strictness, name: string): boolean {
  if (typeof strictness === 'string') return strictness === 'all';
  return strictness.prefixes.some((prefix) => name === prefix || name.startsWith(`${prefix}.`));
}

/** Whether nothing has to resolve, so that expressions which fail are kept for later. */
export function isLenient(strictness: Strictness): boolean {
  return typeof strictness === 'string' ? strictness === 'none' : strictness.prefixes.length === 0;
}

/** Whether artifacts of steps and tasks may stay unresolved. */
export function allowsArtifacts(strictness: Strictness): boolean {
  return strictness !== 'all';
}

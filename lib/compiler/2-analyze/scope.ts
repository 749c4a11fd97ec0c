/**
 * The variables that are visible in one place; a place inside another sees that one's too, as they are when
 * asked.
 */

export interface Scope {
  has(name: string): boolean;
  add(...names: readonly string[]): void;
  /** A scope within this one: what is added to it is not seen outside. */
  inner(): Scope;
  /** Every visible name, nearest first: for suggestions. */
  names(): Iterable<string>;
}

export function createScope(outer?: Scope): Scope {
  const own = new Set<string>();
  const scope: Scope = {
    has: (name) => own.has(name) || (outer?.has(name) ?? false),
    add: (...names) => {
      for (const name of names) own.add(name);
    },
    inner: () => createScope(scope),
    *names() {
      yield* own;
      if (outer) yield* outer.names();
    },
  };
  return scope;
}

/** Readable names for states and injective names for variables, both from the path of steps that leads to a place. */

/** The steps and tasks that lead from the entrypoint to a place; hooks appear as `STEP.onExit`. */
export type Path = readonly string[];

/** FNV-1a, 32 bit, in base 36: tells apart names that look alike once cut or cleaned. */
export function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(36);
}

/** `build/test`, with what the state does in brackets where it is not the step's own work. */
export function stateName(path: Path, role?: string): string {
  const place = path.join('/');
  return role === undefined ? place : `${place} (${role})`;
}

const LONGEST_VARIABLE = 80;

/**
 * `KIND_build_test`. Characters that a variable may not hold become `_`; then, or when the name had to be cut, a hash
 * of the path keeps different paths apart. Inner states may not reuse outer names, which paths ensure.
 */
export function variableName(kind: string, path: Path): string {
  const exact = path.join('/');
  const clean = path.join('_').replace(/[^A-Za-z0-9_]/g, '_');
  const plain = `${kind}_${clean}`;
  const faithful = path.every((part) => /^[A-Za-z0-9]+$/.test(part));
  if (faithful && plain.length <= LONGEST_VARIABLE) return plain;
  const hash = shortHash(exact);
  return `${plain.slice(0, LONGEST_VARIABLE - hash.length - 1)}_${hash}`;
}

/** Evaluates JSONata for an interpreter that has none: the version that AWS names, and the functions that AWS adds. */
import { createHash, randomUUID } from 'node:crypto';
import jsonata from 'jsonata';

export type Evaluated = { readonly result?: unknown } | { readonly fault: string };

const compiled = new Map<string, jsonata.Expression>();

function compile(text: string): jsonata.Expression {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const made = jsonata(text);
  made.registerFunction('parse', (given?: string) => (given === undefined ? undefined : JSON.parse(given)));
  made.registerFunction('uuid', () => randomUUID());
  made.registerFunction('hash', (given: string, algorithm: string) =>
    createHash(algorithm.replace('SHA-', 'sha')).update(given).digest('hex'),
  );
  made.registerFunction('partition', (list: unknown[], size: number) =>
    Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size)),
  );
  compiled.set(text, made);
  return made;
}

/** `result` is missing where the expression yields nothing. */
export async function evaluate(
  text: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Evaluated> {
  try {
    const result: unknown = await compile(text).evaluate(undefined, variables);
    return result === undefined ? {} : { result };
  } catch (thrown) {
    const { code, message } = thrown as { readonly code?: string; readonly message?: string };
    return { fault: [code, message].filter(Boolean).join(': ') };
  }
}

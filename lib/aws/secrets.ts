/** Kubernetes' Secrets as Secrets Manager keeps them: one secret an object, its keys in a JSON object. */
import { isBag, parsedJson } from './bag.ts';
import type { SecretText } from './clients.ts';

/** A secret that is no JSON object has the one key `value`. */
export async function secretData(
  text: SecretText,
  prefix: string,
  name: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const found = await text(`${prefix}${name}`);
  if (found === undefined) return undefined;
  const value = parsedJson(found);
  if (!isBag(value)) return { value: found };
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, typeof one === 'string' ? one : JSON.stringify(one)]),
  );
}

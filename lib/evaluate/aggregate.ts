/** The outputs of a loop as lists: `workflow/controller/operator.go` processAggregateNodeOutputs. */
import { goJsonDecode } from '../expression/go/json-decode.ts';
import { goJsonEncode, goJsonString } from '../expression/go/json-encode.ts';
import { GoError } from '../expression/go-error.ts';
import { exactJsonText, parseExactJson } from '../expression/items/exact-json.ts';
import type { GoValue } from '../expression/values.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { textMapJson } from './parameter-json.ts';

export type Aggregate =
  /** By what stands after `steps.NAME.`. */
  | { readonly ok: true; readonly values: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly error: string };

/** Undefined unless every text is the JSON of a list or an object. */
function decodedAll(texts: readonly string[]): readonly GoValue[] | undefined {
  const values: GoValue[] = [];
  for (const text of texts) {
    if (!/^\s*[[{]/.test(text)) return undefined;
    try {
      values.push(goJsonDecode(text));
    } catch (error) {
      if (error instanceof GoError) return undefined;
      throw error;
    }
  }
  return values;
}

/** aggregatedJSONValueList: a list of texts, or of what they say where all of them are lists or objects. */
function listJson(texts: readonly string[]): string {
  const values = decodedAll(texts);
  const parts = values?.map((value) => goJsonEncode(value)) ?? texts.map((text) => goJsonString(text));
  return `[${parts.join(',')}]`;
}

/** Items that did not succeed leave no trace, so positions need not match the loop's list. */
export function aggregateOutputs(items: readonly Outcome[]): Aggregate {
  const results: string[] = [];
  const maps: string[] = [];
  const lists = new Map<string, string[]>();
  for (const { phase, outputs } of items) {
    if (phase !== 'Succeeded' || outputs === undefined) continue;
    const parameters = outputs.parameters ?? {};
    for (const [name, value] of Object.entries(parameters)) {
      const list = lists.get(name);
      if (list === undefined) lists.set(name, [value]);
      else list.push(value);
    }
    if (Object.keys(parameters).length > 0) maps.push(textMapJson(parameters));
    if (outputs.result === undefined) continue;
    const result = parseExactJson(outputs.result);
    if (!result.ok) return { ok: false, error: result.error };
    results.push(exactJsonText(result.value));
  }
  const byName = [...lists].map(([name, texts]) => [`outputs.parameters.${name}`, listJson(texts)] as const);
  return {
    ok: true,
    values: {
      'outputs.result': `[${results.join(',')}]`,
      'outputs.parameters': `[${maps.join(',')}]`,
      ...Object.fromEntries(byName),
    },
  };
}

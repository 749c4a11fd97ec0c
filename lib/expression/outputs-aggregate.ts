/** The outputs of a loop as lists (processAggregateNodeOutputs in workflow/controller/operator.go). */
import { goJsonDecode } from './go/json-decode.ts';
import { goJsonEncode, goJsonString } from './go/json-encode.ts';
import { compareGoStrings } from './go/utf8.ts';
import { GoError } from './go-error.ts';
import { exactJsonText, parseExactJson } from './items/exact-json.ts';
import type { GoList, GoValue } from './values.ts';

export interface LoopChild {
  /** The node's name: `step(0:item)`. */
  readonly name: string;
  readonly phase: string;
  readonly result?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Hooks and attempts that were retried do not count. */
  readonly hooked?: boolean;
  readonly retried?: boolean;
}

export type AggregatedOutputs =
  /** By name below the step's or task's, such as `outputs.result` and `outputs.parameters.p`. */
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly error: string };

/** What `{{steps.NAME.outputs…}}` gives for a loop; children that did not succeed leave no trace. */
export function aggregateOutputs(children: readonly LoopChild[]): AggregatedOutputs {
  const values = new Map<string, string>();
  if (children.length === 0) return { ok: true, values };
  const done = children
    .filter(({ phase, hooked, retried }) => phase === 'Succeeded' && !hooked && !retried)
    .toSorted((a, b) => loopIndex(a.name) - loopIndex(b.name));
  const results: string[] = [];
  for (const { result } of done) {
    if (result === undefined) continue;
    const parsed = parseExactJson(result);
    if (!parsed.ok) return { ok: false, error: parsed.error };
    results.push(exactJsonText(parsed.value));
  }
  values.set('outputs.result', `[${results.join(',')}]`);
  const maps = done.flatMap(({ parameters = {} }) =>
    Object.keys(parameters).length > 0 ? [parameters] : [],
  );
  values.set('outputs.parameters', `[${maps.map(textMapJson).join(',')}]`);
  for (const [name, texts] of textsByName(maps)) values.set(`outputs.parameters.${name}`, listJson(texts));
  return { ok: true, values };
}

/** `step(12:item)` is 12. */
function loopIndex(name: string): number {
  return Number(name.slice(name.lastIndexOf('(') + 1).split(':', 1)[0]);
}

function textMapJson(parameters: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => compareGoStrings(a, b));
  return `{${sorted.map(([name, text]) => `${goJsonString(name)}:${goJsonString(text)}`).join(',')}}`;
}

function textsByName(
  maps: readonly Readonly<Record<string, string>>[],
): ReadonlyMap<string, readonly string[]> {
  const lists = new Map<string, string[]>();
  for (const [name, text] of maps.flatMap((map) => Object.entries(map))) {
    const list = lists.get(name) ?? [];
    list.push(text);
    lists.set(name, list);
  }
  return lists;
}

/** A list of texts, or of what they say where all of them are JSON lists or objects. */
function listJson(texts: readonly string[]): string {
  const values = texts.map(listOrMap);
  const all = values.every((value) => value !== undefined);
  const parts = values.map((value, at) =>
    all && value ? goJsonEncode(value) : goJsonString(texts[at] ?? ''),
  );
  return `[${parts.join(',')}]`;
}

function listOrMap(text: string): GoList | Extract<GoValue, { readonly kind: 'map' }> | undefined {
  try {
    const value = goJsonDecode(text);
    return typeof value === 'object' && (value?.kind === 'list' || value?.kind === 'map') ? value : undefined;
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

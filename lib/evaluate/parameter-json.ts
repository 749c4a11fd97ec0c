/**
 * Parameters as the JSON lists that `{{inputs.parameters}}` and `{{workflow.parameters}}` give, in Go's field
 * order.
 */
import type { Parameter } from '../argo/parameter.ts';
import { goJsonString } from '../expression/go/json-encode.ts';

type Member = readonly [name: string, json: string | undefined];

function text(value: string | undefined): string | undefined {
  return value === undefined ? undefined : goJsonString(value);
}

function plain(value: unknown): string {
  if (typeof value === 'string') return goJsonString(value);
  if (Array.isArray(value)) return `[${value.map(plain).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([key, member]) => `${goJsonString(key)}:${plain(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

function parameterJson(parameter: Parameter): string {
  const members: readonly Member[] = [
    ['name', text(parameter.name)],
    ['default', text(parameter.default)],
    ['value', text(parameter.value)],
    ['valueFrom', parameter.valueFrom === undefined ? undefined : plain(parameter.valueFrom)],
    ['globalName', text(parameter.globalName)],
    ['enum', parameter.enum === undefined ? undefined : plain(parameter.enum)],
    ['description', text(parameter.description)],
  ];
  const present = members.filter(([, json]) => json !== undefined);
  return `{${present.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
}

/** `json.Marshal` of a list of parameters; of none it is `null`, as of Go's nil slice. */
export function parametersJson(parameters: readonly Parameter[]): string {
  return parameters.length === 0 ? 'null' : `[${parameters.map(parameterJson).join(',')}]`;
}

/** `json.Marshal` of a map of strings: keys sorted by their bytes; of none it is `null`. */
export function textMapJson(map: Readonly<Record<string, string>>): string {
  const keys = Object.keys(map).sort((a, b) => (a < b ? -1 : 1));
  if (keys.length === 0) return 'null';
  return `{${keys.map((key) => `${goJsonString(key)}:${goJsonString(map[key] ?? '')}`).join(',')}}`;
}

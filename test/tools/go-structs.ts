/** The structs of a Go package as `encoding/json` sees them: the fields that have a name in JSON, in their order. */

import { readdirSync, readFileSync } from 'node:fs';

export interface GoStruct {
  readonly fields: readonly GoField[];
}

export interface GoField {
  /** In JSON; empty where the fields of the type stand in place of this one (`inline`). */
  readonly name: string;
  /** Without the package that it is from, as in `*Affinity`. */
  readonly type: string;
}

const struct = /^type (\w+) struct \{\n(.*?)^\}/gms;
const field = /^\s+(?:\w+\s+)?(\S+)\s+`[^`]*json:"([^",]*)[^`]*`/gm;

export function readGoStructs(folder: string): ReadonlyMap<string, GoStruct> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.go') && !name.includes('generated'));
  const texts = files.map((name) => readFileSync(`${folder}/${name}`, 'utf8'));
  return new Map(
    texts.flatMap((text) => [...text.matchAll(struct)].map(([, name, body]) => [name!, structOf(body!)])),
  );
}

function structOf(body: string): GoStruct {
  const fields = [...body.matchAll(field)].map(([, type, name]) => ({
    name: name!,
    type: type!.replace(/\w+\.(?=\w+$)/, ''),
  }));
  return { fields: fields.filter(({ name }) => name !== '-') };
}

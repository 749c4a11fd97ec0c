/** The table of README that says what becomes of Argo's fields, made from lib/argo/support.ts. */
import { allFields, type Place, type Verdict, verdictOf } from '../../lib/argo/support.ts';

interface Row {
  readonly kind: Verdict['kind'];
  readonly meaning: string;
  readonly fields: string[];
}

export function verdictTable(): string {
  const counts = { supported: 0, mapped: 0, ignored: 0, refused: 0 };
  const rows = rowsOf((field) => {
    const verdict = known(field, 'fargate');
    counts[verdict.kind] += 1;
    return verdict.kind === 'supported' ? undefined : verdict;
  });
  const { supported, mapped, ignored, refused } = counts;
  return [
    `Of the ${allFields().length} fields of Argo's schema (v4.1.2) ${supported} are supported as they are, ${mapped} are mapped,`,
    `${ignored} are ignored with a warning, ${refused} are refused. All that are not simply supported:`,
    '',
    ...tableOf(rows),
    '',
    'With an EKS cluster ([docs/eks.md](docs/eks.md)), for templates that run there, these are different:',
    '',
    ...tableOf(rowsOf((field) => (isSame(field) ? undefined : known(field, 'eks')))),
  ].join('\n');
}

function known(field: string, place: Place): Verdict {
  const verdict = verdictOf(field, place);
  if (verdict === undefined) throw new Error(`${field} has no verdict`);
  return verdict;
}

function isSame(field: string): boolean {
  return JSON.stringify(known(field, 'eks')) === JSON.stringify(known(field, 'fargate'));
}

function rowsOf(verdictFor: (field: string) => Verdict | undefined): readonly Row[] {
  const rows = new Map<string, Row>();
  for (const field of allFields()) {
    const verdict = verdictFor(field);
    if (verdict === undefined) continue;
    const meaning = meaningOf(verdict);
    const key = `${verdict.kind} ${meaning}`;
    const row = rows.get(key);
    if (row) row.fields.push(field);
    else rows.set(key, { kind: verdict.kind, meaning, fields: [field] });
  }
  const order = ['refused', 'mapped', 'ignored', 'supported'];
  return [...rows.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
}

function tableOf(rows: readonly Row[]): readonly string[] {
  return [
    '| fields | verdict | |',
    '|---|---|---|',
    ...rows.map(({ kind, meaning, fields }) => `| ${namesOf(fields)} | ${kind} | ${meaning} |`),
  ];
}

function meaningOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'supported':
      return '';
    case 'mapped':
      return verdict.note === undefined ? verdict.to : `${verdict.to}. ${verdict.note}`;
    case 'ignored':
      return verdict.lost;
    case 'refused':
      return `${verdict.why}: ${verdict.remedy}`;
  }
}

const MOST = 6;

/** Fields of one name stand together; a whole type is named by itself. */
function namesOf(fields: readonly string[]): string {
  const owners = new Map<string, string[]>();
  for (const field of fields) {
    const dot = field.lastIndexOf('.');
    const [type, name] = [field.slice(0, dot), field.slice(dot + 1)];
    const all = allFields().filter((one) => one.slice(0, one.lastIndexOf('.')) === type);
    const key = all.every((one) => fields.includes(one)) ? `${shortType(type)}.*` : name;
    owners.set(key, [...(owners.get(key) ?? []), type]);
  }
  const names = [...owners].map(([name, types]) => {
    if (name.endsWith('.*') || types.length > 1) return `\`${name}\``;
    return `\`${shortType(types[0]!)}.${name}\``;
  });
  const shown = names.slice(0, MOST).join(' ');
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}

function shortType(type: string): string {
  return type.replace(/^core\./, '');
}

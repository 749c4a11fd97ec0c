/** `argosy explain`: what a diagnostic's code means, or what becomes of a workflow before it runs. */

import { schemaTypes } from '../../argo/schema.generated.ts';
import { type Place, type Verdict, verdictOf } from '../../argo/support.ts';
import { allStates, printStateMachine } from '../../asl/print.ts';
import { QUOTAS } from '../../asl/quotas.ts';
import { type CatalogueEntry, catalogue } from '../../diagnostics/catalogue.ts';
import { nearestName } from '../../diagnostics/did-you-mean.ts';
import { runsOnEks } from '../../evaluate/bundle.ts';
import { hasErrors, type Prepared, prepareRun } from '../../local/prepare.ts';
import { type EksFlag, eksOf } from '../eks-flag.ts';
import { CliError, EXIT } from '../exit-code.ts';
import { readSources } from '../files.ts';
import { alignColumns } from '../render/columns.ts';
import { reportDiagnostics } from '../report.ts';
import { PREFIX } from '../runs/execute.ts';
import type { Terminal } from '../terminal.ts';

export interface ExplainFlags {
  readonly output?: 'json';
  readonly eks?: EksFlag;
}

export async function explain(subject: string, flags: ExplainFlags, terminal: Terminal): Promise<number> {
  const entry = Object.hasOwn(catalogue, subject) ? catalogue[subject as keyof typeof catalogue] : undefined;
  if (entry !== undefined) return explainCode(subject, entry, flags, terminal);
  if (/^[a-z]+(-[a-z]+)*$/.test(subject)) {
    const nearest = nearestName(subject, Object.keys(catalogue));
    const hint = nearest === undefined ? undefined : `did you mean ${nearest}?`;
    const sources = await readSources([subject], terminal).catch(() => undefined);
    if (sources === undefined)
      throw new CliError(`there is neither a code nor a file ${subject}`, EXIT.usage, hint);
  }
  const sources = await readSources([subject], terminal);
  const { prepared, diagnostics } = prepareRun(sources, {
    suffix: 'xxxxx',
    prefix: PREFIX,
    ...eksOf(flags.eks),
  });
  reportDiagnostics(diagnostics, terminal.err);
  if (prepared === undefined) {
    if (hasErrors(diagnostics)) return EXIT.invalid;
    throw new CliError('there is no workflow to explain');
  }
  const explained = explainWorkflow(prepared);
  const text = flags.output === 'json' ? `${JSON.stringify(explained, undefined, 2)}\n` : textOf(explained);
  terminal.out.write(text);
  return EXIT.ok;
}

function explainCode(code: string, entry: CatalogueEntry, flags: ExplainFlags, terminal: Terminal): number {
  if (flags.output === 'json') terminal.out.write(`${JSON.stringify({ code, ...entry }, undefined, 2)}\n`);
  else terminal.out.write(`${entry.severity}[${code}]: ${entry.title}\n\n${entry.why}\n\n${entry.remedy}\n`);
  return EXIT.ok;
}

interface Explained {
  readonly fields: readonly { readonly field: string; readonly verdict: string; readonly meaning: string }[];
  readonly states: readonly { readonly state: string; readonly type: string; readonly from: string }[];
  /** Of the largest machine, where the run needs several. */
  readonly size: {
    readonly characters: number;
    readonly limit: number;
    readonly states: number;
    readonly machines: number;
  };
}

function explainWorkflow({ document, compiled }: Prepared): Explained {
  const fields = new Map<string, Verdict>();
  const { bundle } = compiled;
  const own = bundle.eks === undefined ? 'fargate' : bundle.eks.byDefault ? 'eks' : 'cluster';
  const { templates: _templates, ...spec } = document.value.spec;
  collectFields({ ...document.value, spec }, 'Workflow', own, fields);
  for (const { template } of Object.values(bundle.templates)) {
    const other = bundle.eks === undefined ? 'fargate' : 'cluster';
    collectFields(template, 'Template', runsOnEks(bundle, template) ? 'eks' : other, fields);
  }
  const machines = [compiled.machine, ...Object.values(compiled.parts)];
  const states = machines
    .flatMap((machine) => [...allStates(machine)])
    .map(([state, { Type }]) => {
      const origin = compiled.origins[state];
      const place = origin?.line === undefined ? '' : `${origin.file}:${origin.line} `;
      return { state, type: Type, from: origin === undefined ? '' : `${place}${origin.template}` };
    });
  return {
    fields: [...fields].map(([field, verdict]) => ({
      field,
      verdict: verdict.kind,
      meaning: meaningOf(verdict),
    })),
    states,
    size: {
      characters: Math.max(...machines.map((machine) => printStateMachine(machine, 0).length)),
      limit: QUOTAS.definitionSize,
      states: states.length,
      machines: machines.length,
    },
  };
}

function collectFields(value: unknown, type: string, place: Place, fields: Map<string, Verdict>): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const element of value) collectFields(element, type.replace('[]', ''), place, fields);
    return;
  }
  if (type.startsWith('{}')) {
    for (const element of Object.values(value)) collectFields(element, type.slice(2), place, fields);
    return;
  }
  const known = schemaTypes[type];
  if (known === undefined) return;
  for (const [field, child] of Object.entries(value)) {
    const verdict = verdictOf(`${type}.${field}`, place);
    if (verdict !== undefined && child !== undefined) fields.set(`${type}.${field}`, verdict);
    if (known[field]) collectFields(child, known[field], place, fields);
  }
}

export function meaningOf(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'supported':
      return '';
    case 'mapped':
      return verdict.to;
    case 'ignored':
      return verdict.lost;
    case 'refused':
      return `${verdict.why}; ${verdict.remedy}`;
  }
}

function textOf({ fields, states, size }: Explained): string {
  const used = ((size.characters / size.limit) * 100).toFixed(1);
  const of = size.machines === 1 ? ';' : ` in ${size.machines} state machines, the largest with`;
  return [
    ...alignColumns([
      ['FIELD', 'VERDICT', 'MEANING'],
      ...fields.map((one) => [one.field, one.verdict, one.meaning]),
    ]),
    '',
    ...alignColumns([['STATE', 'TYPE', 'FROM'], ...states.map((one) => [one.state, one.type, one.from])]),
    '',
    `${size.states} states${of} ${size.characters} of ${size.limit} characters of a definition (${used} %)`,
    '',
  ].join('\n');
}

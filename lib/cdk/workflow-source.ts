/** A file of YAML → the one workflow in it, compiled; what is wrong with it as people read it. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type ParsedDocument, parse } from '../compiler/1-parse/parse.ts';
import { type AnalyzedWorkflow, analyze } from '../compiler/2-analyze/analyze.ts';
import { checkSupport } from '../compiler/2-analyze/check-support.ts';
import { type Compiled, compileWorkflow } from '../compiler/compile.ts';
import { sortDiagnostics } from '../diagnostics/collector.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../diagnostics/render.ts';
import type { EksPlacement } from '../evaluate/bundle.ts';

export interface WorkflowSource {
  readonly name: string;
  readonly analyzed: AnalyzedWorkflow;
  readonly compiled: Compiled;
  readonly warnings: readonly Diagnostic[];
}

/** Other files hold what the workflow refers to. Throws the drawn diagnostics when there is an error. */
export function readWorkflow(
  file: string,
  companions: readonly string[],
  prefix: string,
  eks?: EksPlacement,
): WorkflowSource {
  const own = parse([sourceOf(file)]);
  const others = parse(companions.map(sourceOf));
  const chosen = chosenOf(own.documents);
  const looked = [...own.documents, ...others.documents].filter((one) => one !== chosen);
  const analysis = analyze(chosen === undefined ? [] : [chosen], { mode: 'lint', companions: looked });
  const diagnostics = sortDiagnostics([
    ...own.diagnostics,
    ...others.diagnostics,
    ...analysis.diagnostics,
    ...checkSupport(chosen === undefined ? [] : [chosen, ...looked], {
      isAws: true,
      ...(eks !== undefined && { cluster: { runsByDefault: eks.byDefault } }),
    }),
  ]);
  if (diagnostics.some(({ severity }) => severity === 'error'))
    throw new Error(`\n${renderDiagnostics(diagnostics)}`);
  const [analyzed] = analysis.workflows;
  if (chosen === undefined || analyzed === undefined)
    throw new Error(
      `${file}: there must be one Workflow, or else one WorkflowTemplate; ${saidOf(own.documents)}`,
    );
  return {
    name: chosen.name,
    analyzed,
    // Task definitions need what a registry says of images, which no synthesis may ask.
    compiled: compileWorkflow(analysis, analyzed, {
      prefix,
      isStaged: true,
      ...(eks !== undefined && { eks }),
    }),
    warnings: diagnostics,
  };
}

function sourceOf(file: string) {
  return { path: relative(process.cwd(), file) || file, text: readFileSync(file, 'utf8') };
}

/** A Workflow before a template. A CronWorkflow is none: its schedule would be lost here. */
function chosenOf(documents: readonly ParsedDocument[]): ParsedDocument | undefined {
  for (const kind of ['Workflow', 'WorkflowTemplate']) {
    const found = documents.filter((one) => one.kind === kind);
    if (found.length > 0) return found.length === 1 ? found[0] : undefined;
  }
  return undefined;
}

function saidOf(documents: readonly ParsedDocument[]): string {
  const names = documents.map(({ kind, name }) => `${kind} ${name}`);
  return names.length === 0 ? 'there is none' : `there are ${names.join(', ')}`;
}

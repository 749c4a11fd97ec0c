/** What the checks of one object share: where to report, what is visible, and what was checked already. */

import type { Artifact } from '../../argo/artifact.ts';
import type { Arguments } from '../../argo/invocation.ts';
import type { Parameter } from '../../argo/parameter.ts';
import type { Template } from '../../argo/template.ts';
import { fixedVariables } from '../../argo/variables.ts';
import type { Code } from '../../diagnostics/catalogue.ts';
import type { Collector, Details } from '../../diagnostics/collector.ts';
import type { Span } from '../../diagnostics/source.ts';
import type { SpanIndex } from '../1-parse/spans.ts';
import { expressionValue } from './expression-value.ts';
import type { TemplateBase, TemplateStores } from './stores.ts';
import { placeholder, replaceTags } from './tags.ts';

/** Argo checks a workflow more strictly when it runs than when it is linted: arguments must have values. */
export type Mode = 'lint' | 'run';

export interface Checker {
  readonly mode: Mode;
  readonly spans: SpanIndex;
  readonly stores: TemplateStores;
  readonly collector: Collector;
  /** Whether to look for what is allowed but probably not meant. */
  readonly warns: boolean;
}

/** The state of one object's validation, as `templateValidationCtx` in `workflow/validate/validate.go`. */
export interface Frame extends Checker {
  /**
   * Variables visible everywhere, with their values where they are known; global outputs join as they are
   * met.
   */
  readonly globals: Map<string, string>;
  /** The global outputs among them, with their order. */
  readonly joined: Map<string, number>;
  /** Templates whose bodies have been checked, by scope and name. */
  readonly visited: Set<string>;
  /** Where WorkflowTemplates are looked up, also from within objects of the whole cluster. */
  readonly namespace: string;
  /** Whether the object is a library: its workflow parameters may come from whoever uses it. */
  readonly isLibrary: boolean;
  /** Calls made on the way here; beyond a limit nothing deeper is looked at. */
  readonly depth: { value: number };
  readonly calls: CallGraph;
  /** What the values of the workflow's arguments hold. */
  readonly values: { readonly haveTags: boolean; readonly haveOpenTags: boolean };
  /** The templates looked through for tags without an end. */
  readonly open: Map<Template, boolean>;
}

/** Which template calls which: for whoever needs reachability, recursion or the order of calls. */
export type CallGraph = Map<Template, Set<Template>>;

/** Where arguments come from: given ones, or any that may be given later. */
export interface GivenArguments {
  parameter(name: string): Pick<Parameter, 'value' | 'valueFrom'> | undefined;
  artifact(name: string): Artifact | undefined;
  /** Where to say that something is missing; undefined when nothing ever is. */
  readonly span?: Span;
  readonly source?: Arguments;
}

/** Any argument that may be asked for (`FakeArguments` in Argo's validator). */
export const anyArguments: GivenArguments = {
  parameter: () => ({ value: placeholder }),
  artifact: (name) => ({ name }),
};

export function givenArguments(source: Arguments | undefined, span: Span, view: View): GivenArguments {
  const parameters = new Map(
    (source?.parameters ?? []).map((parameter) => [view(parameter.name ?? ''), parameter]),
  );
  const artifacts = new Map(
    (source?.artifacts ?? []).map((artifact) => [view(artifact.name ?? ''), artifact]),
  );
  return {
    parameter: (name) => {
      const parameter = parameters.get(name);
      if (parameter?.value === undefined) return parameter;
      return { ...parameter, value: view(parameter.value) };
    },
    artifact: (name) => artifacts.get(name),
    span,
    ...(source && { source }),
  };
}

/** A text of the template with its globals, locals and inputs put in. */
export type View = (text: string) => string;

/** A template under check, together with what it was called with. */
export interface Called {
  readonly frame: Frame;
  readonly template: Template;
  readonly base: TemplateBase;
  readonly view: View;
  /** The name to show: an inline template has none. */
  readonly title: string;
  /** Whether values that tags stand for may hold tags themselves. */
  readonly follows: boolean;
  /** With its tags replaced all at once, where some tag has no end; `torn` where that failed, and was told. */
  readonly replaced?: Template | 'torn';
}

export function report(checker: Checker, code: Code, span: Span, message: string, details?: Details): void {
  checker.collector.report(code, span, message, details);
}

/** Variables a template sees besides its inputs and the globals. */
export function localsOf(template: Template): readonly string[] {
  const isPod = template.container ?? template.containerSet ?? template.script ?? template.resource;
  const pod = isPod || template.data ? ['pod.name'] : [];
  return template.retryStrategy ? [...pod, ...retryVariables] : pod;
}

const retryVariables = fixedVariables('retry');

/**
 * How `ProcessArgs` sees the texts of a template: globals and locals first, then inputs, which may bring
 * further tags.
 */
export function viewOf(frame: Frame, template: Template, inputs: ReadonlyMap<string, string>): View {
  const locals = new Set(localsOf(template));
  // Tags are replaced once, before the template's own steps or tasks bring further globals.
  const { size } = frame.joined;
  const general = (name: string) =>
    (frame.joined.get(name) ?? -1) < size
      ? (frame.globals.get(name) ?? (locals.has(name) ? placeholder : undefined))
      : undefined;
  const full = (name: string) => general(name) ?? ownOf(template, inputs, name);
  const first = expressionValue(general);
  const second = expressionValue(full);
  return (text) => replaceTags(replaceTags(text, general, first), full, second);
}

export function ownOf(
  template: Template,
  inputs: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  if (name === 'inputs.parameters') return placeholder;
  const [side, kind, own, last] = name.split('.');
  if (side === 'inputs' && kind === 'parameters') return inputs.get(name.slice('inputs.parameters.'.length));
  if (last !== 'path' || own === undefined) return undefined;
  if (side === 'inputs') return template.inputs?.artifacts?.find((artifact) => artifact.name === own)?.path;
  if (kind === 'artifacts')
    return template.outputs?.artifacts?.find(({ name: other }) => other === own)?.path;
  return template.outputs?.parameters?.find(({ name: other }) => other === own)?.valueFrom?.path;
}

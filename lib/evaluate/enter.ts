/**
 * Starts the run's own templates: the entrypoint, the exit handler and the hooks of the spec (operate in
 * operator.go).
 */
import type { Artifact } from '../argo/artifact.ts';
import type { Parameter } from '../argo/parameter.ts';
import { type Given, processArgs } from './arguments.ts';
import type { Bundle, BundleTemplate } from './bundle.ts';
import { globalScope, labelsFromOf, specScope } from './global-scope.ts';
import { ended, localNames } from './member.ts';
import type { Call, Done, EnterRequest, ScopeData } from './requests.ts';
import { scopeOf } from './scope.ts';
import { type Draft, dataText, expand } from './text.ts';

/**
 * Argo's `spec.arguments` as they count for this run. What was submitted in place of the spec's text is data.
 */
export function runArguments(bundle: Bundle, data: ScopeData): Draft<Given> {
  const written = new Map(bundle.spec.arguments?.parameters?.map(({ name, value }) => [name, value]));
  const parameters: readonly Parameter[] = data.run.parameters;
  return {
    parameters: parameters.map((parameter) => {
      const { name, value } = parameter;
      return value === undefined || written.get(name) === value
        ? parameter
        : { ...parameter, value: dataText(value) };
    }),
    artifacts: data.run.artifacts as readonly Artifact[],
  };
}

function isEmpty(given: Draft<Given> | undefined): boolean {
  return (given?.parameters?.length ?? 0) === 0 && (given?.artifacts?.length ?? 0) === 0;
}

/** `onExit` wins over `hooks.exit`; the exit hook without arguments of its own gets those of the run. */
function argumentsOf(bundle: Bundle, request: EnterRequest): Draft<Given> {
  const all = runArguments(bundle, request.scope);
  if (request.hook === undefined || (request.hook === 'exit' && bundle.spec.onExit)) return all;
  const own = (bundle.spec.hooks?.[request.hook]?.arguments ?? {}) as Draft<Given>;
  return request.hook === 'exit' && isEmpty(own) ? all : own;
}

/** Arguments are part of the spec, which is read before any template is entered. */
function readArguments(bundle: Bundle, request: EnterRequest): Draft<Given> {
  const given = argumentsOf(bundle, request);
  const read = expand<Given>(given, specScope(bundle, request.scope), 'none');
  return read.ok ? read.value : given;
}

/** `processArgs` for a template that no step or task calls. */
export function startTemplate(
  bundle: Bundle,
  entry: BundleTemplate,
  given: Draft<Given>,
  request: EnterRequest,
): Call | Done {
  const place = { node: request.node, name: request.node };
  const body = { bundle, entry, data: request.scope, node: request.node, kind: 'steps' as const };
  const globals = globalScope(bundle, { ...request.scope, starts: request.node });
  const locals = localNames({ ...body, globals }, entry, place, scopeOf({ 'steps.name': '' }));
  const processed = processArgs(bundle, entry.template, given, globals, locals);
  if (!processed.ok) return ended(body, place, 'Error', processed.error);
  return { kind: 'call', ...place, template: entry.id, inputs: processed.inputs };
}

export function enterTemplate(bundle: Bundle, request: EnterRequest): Call | Done {
  const entry = Object.hasOwn(bundle.templates, request.template)
    ? bundle.templates[request.template]
    : undefined;
  const refused = (error: string) =>
    ended({ data: request.scope }, { node: request.node, name: request.node }, 'Error', error);
  if (entry === undefined) return refused(`template ${request.template} not found`);
  const labels = labelsFromOf(bundle, request.scope.run);
  if (!labels.ok) return refused(labels.error);
  return startTemplate(bundle, entry, readArguments(bundle, request), request);
}

/** Arguments become the inputs of the template that is called: `workflow/common/util.go` ProcessArgs. */
import type { Artifact } from '../argo/artifact.ts';
import type { Arguments } from '../argo/invocation.ts';
import type { Parameter } from '../argo/parameter.ts';
import type { Template } from '../argo/template.ts';
import type { ArtifactRef, Inputs } from '../protocol/outcome.ts';
import { hasLocationOrKey } from './artifact-location.ts';
import type { Bundle } from './bundle.ts';
import { configMapValue } from './config-map.ts';
import { parametersJson } from './parameter-json.ts';
import { pathVariables } from './path-variables.ts';
import { mergeScopes, type Scope, scopeOf } from './scope.ts';
import { templateFault } from './template-fault.ts';
import { type Draft, dataText, expand, plain } from './text.ts';

export type Processed =
  | { readonly ok: true; readonly inputs: Inputs }
  | { readonly ok: false; readonly error: string };

/** An argument whose value is an absent optional: the input's own default takes its place. */
export interface Given extends Arguments {
  readonly absent?: readonly string[];
}

type Step<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

function fault(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}

function isSame(name: Draft<string>, other: string): boolean {
  return plain<string>(name) === other;
}

type Overridden = Draft<Parameter>;

function overridden(input: Draft<Parameter>, given: Draft<Parameter> | undefined): Overridden {
  const { value: own, valueFrom, ...rest } = input;
  const start = own ?? input.default;
  if (given === undefined) {
    return { ...rest, ...(start !== undefined && { value: start }), ...(valueFrom && { valueFrom }) };
  }
  if (given.value !== undefined) return { ...rest, value: given.value };
  return { ...rest, ...(given.valueFrom && { valueFrom: given.valueFrom }) };
}

function fromConfigMap(bundle: Bundle, parameter: Overridden, globals: Scope): Step<Overridden> {
  const ref = parameter.valueFrom?.configMapKeyRef;
  if (ref === undefined) {
    const isSupplied = parameter.value !== undefined;
    return isSupplied
      ? { ok: true, value: parameter }
      : fault(`inputs.parameters.${parameter.name} was not supplied`);
  }
  const named = expand<{ name: string; key: string }>({ name: ref.name ?? '', key: ref.key }, globals, 'all');
  if (!named.ok) return fault(`failed to substitute configMapKeyRef: ${named.error}`);
  const { name, key } = plain<{ name: string; key: string }>(named.value);
  const found = configMapValue(bundle, name, key);
  if (found.ok) return { ok: true, value: { ...parameter, value: dataText(found.value) } };
  const instead = parameter.valueFrom?.default;
  if (instead !== undefined && found.notFound) return { ok: true, value: { ...parameter, value: instead } };
  return fault(`unable to retrieve inputs.parameters.${parameter.name} from ConfigMap: ${found.error}`);
}

function processParameter(
  bundle: Bundle,
  input: Draft<Parameter>,
  given: Draft<Given>,
  globals: Scope,
): Step<Overridden> {
  const isAbsent = plain<readonly string[]>(given.absent ?? []).includes(plain<string>(input.name));
  const argument = isAbsent
    ? undefined
    : given.parameters?.find(({ name }) => isSame(name, plain<string>(input.name)));
  const parameter = overridden(input, argument);
  if (isAbsent && parameter.value === undefined && parameter.valueFrom === undefined) {
    const cause = 'argument references an absent optional (skipped/omitted node output with no default)';
    return fault(`inputs.parameters.${input.name}: ${cause}`);
  }
  return fromConfigMap(bundle, parameter, globals);
}

/**
 * The argument replaces the whole definition but its path and modes (so `optional` and `archive` are lost).
 */
function processArtifact(input: Draft<Artifact>, given: Draft<Artifact> | undefined): Step<Draft<Artifact>> {
  const own = plain<Artifact>(input);
  if (own.optional !== true && !hasLocationOrKey(own)) {
    if (given === undefined) return fault(`inputs.artifacts.${own.name} was not supplied`);
    const argument = plain<Artifact>(given);
    const bothSources = Boolean(argument.from) && Boolean(argument.fromExpression);
    if (!bothSources && !hasLocationOrKey(argument)) {
      return fault(`inputs.artifacts.${own.name} missing location information`);
    }
  }
  if (given === undefined) return { ok: true, value: input };
  const { path: _path, mode: _mode, recurseMode: _recurse, ...rest } = given;
  return {
    ok: true,
    value: {
      ...rest,
      ...(input.path !== undefined && { path: input.path }),
      ...(input.mode !== undefined && { mode: input.mode }),
      ...(input.recurseMode !== undefined && { recurseMode: input.recurseMode }),
    },
  };
}

function collect<A, B>(list: readonly A[], each: (item: A) => Step<B>): Step<readonly B[]> {
  const done: B[] = [];
  for (const item of list) {
    const result = each(item);
    if (!result.ok) return result;
    done.push(result.value);
  }
  return { ok: true, value: done };
}

interface DraftInputs {
  readonly parameters: readonly Parameter[];
  readonly artifacts: readonly Artifact[];
}

/** What `{{inputs.*}}` gives once the values stand (SubstituteParams). */
export function inputScope(inputs: DraftInputs, template: Pick<Template, 'inputs' | 'outputs'>): Scope {
  const named = inputs.parameters.map(({ name, value }) => [`inputs.parameters.${name}`, value] as const);
  return scopeOf({
    ...Object.fromEntries(named),
    'inputs.parameters': parametersJson(inputs.parameters),
    ...pathVariables(template),
  });
}

/**
 * Declared inputs with what has come in, which is data, in place of what is written there: nobody reads that again
 * (ProcessArgs).
 */
export function givenInputs(declared: Template['inputs'], given: Inputs): Draft<Template['inputs']> {
  const { parameters, artifacts } = declared ?? {};
  return (
    declared && {
      ...(parameters && {
        parameters: parameters.map((each): Draft<Parameter> => {
          const { valueFrom: _from, ...rest } = each;
          const value = given.parameters?.[each.name];
          return value === undefined ? each : { ...rest, value: dataText(value) };
        }),
      }),
      ...(artifacts && {
        artifacts: artifacts.map((each): Draft<Artifact> => {
          if (given.artifacts?.[each.name] === undefined) return each;
          const { name, path, mode, recurseMode } = each;
          return {
            name,
            ...(path !== undefined && { path }),
            ...(mode !== undefined && { mode }),
            ...(recurseMode !== undefined && { recurseMode }),
          };
        }),
      }),
    }
  );
}

/** SubstituteParams on the inputs alone: globals and locals first, then the inputs themselves. */
function substituted(template: Template, inputs: Draft<DraftInputs>, outer: Scope): Step<DraftInputs> {
  const first = expand<DraftInputs>(inputs, outer, 'none');
  if (!first.ok) return fault(first.error);
  const scope = mergeScopes(outer, inputScope(plain<DraftInputs>(first.value), template));
  const second = expand<DraftInputs>(first.value, scope, 'none');
  return second.ok ? { ok: true, value: plain<DraftInputs>(second.value) } : fault(second.error);
}

function artifactRef(artifact: Artifact): ArtifactRef {
  return JSON.parse(JSON.stringify(artifact)) as ArtifactRef;
}

function inputsOf({ parameters, artifacts }: DraftInputs): Inputs {
  return {
    ...(parameters.length > 0 && {
      parameters: Object.fromEntries(parameters.map(({ name, value }) => [name, value ?? ''])),
    }),
    ...(artifacts.length > 0 && {
      artifacts: Object.fromEntries(artifacts.map((artifact) => [artifact.name, artifactRef(artifact)])),
    }),
  };
}

/**
 * The inputs of a call. `locals` are the names that the called template may use: `node.name`, `steps.name` or
 * `tasks.name`, `pod.name`. Text of arguments is expanded once more in the called template, data is not.
 */
export function processArgs(
  bundle: Bundle,
  template: Template,
  given: Draft<Given>,
  globals: Scope,
  locals: Scope,
): Processed {
  const parameters = collect(template.inputs?.parameters ?? [], (input) =>
    processParameter(bundle, input, given, globals),
  );
  if (!parameters.ok) return parameters;
  const artifacts = collect(template.inputs?.artifacts ?? [], (input) =>
    processArtifact(
      input,
      given.artifacts?.find(({ name }) => isSame(name, plain<string>(input.name))),
    ),
  );
  if (!artifacts.ok) return artifacts;
  const drafts = { parameters: parameters.value, artifacts: artifacts.value };
  const done = substituted(template, drafts, mergeScopes(globals, locals));
  if (!done.ok) return done;
  const broken = templateFault(template);
  return broken === undefined ? { ok: true, inputs: inputsOf(done.value) } : fault(broken);
}

/**
 * The inside of a steps or dag template while it runs: its text as on entering, and what that text may read.
 */
import type { Parameter } from '../argo/parameter.ts';
import type { Template } from '../argo/template.ts';
import { givenInputs } from './arguments.ts';
import type { Bundle, BundleTemplate } from './bundle.ts';
import { globalScope } from './global-scope.ts';
import { invocationOf } from './leaf/invocation-name.ts';
import type { NodeKind } from './node-scope.ts';
import { parametersJson } from './parameter-json.ts';
import { pathVariables } from './path-variables.ts';
import type { ScopeData } from './requests.ts';
import { mergeScopes, type Scope, scopeOf } from './scope.ts';
import { type Draft, type Expansion, expand, plain } from './text.ts';

export interface Body {
  readonly bundle: Bundle;
  readonly entry: BundleTemplate;
  readonly data: ScopeData;
  /** Full name of the template's own node. */
  readonly node: string;
  readonly kind: NodeKind;
  readonly globals: Scope;
}

export type Opened =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly error: string };

/** `starts`: a node that is about to start in the body. */
export function openBody(
  bundle: Bundle,
  template: string,
  node: string,
  data: ScopeData,
  starts?: string,
): Opened {
  const entry = Object.hasOwn(bundle.templates, template) ? bundle.templates[template] : undefined;
  if (entry === undefined) return { ok: false, error: `template ${template} not found` };
  const kind = entry.template.dag === undefined ? 'steps' : 'tasks';
  const known = starts === undefined ? data : { ...data, starts };
  return { ok: true, body: { bundle, entry, data, node, kind, globals: globalScope(bundle, known) } };
}

/** `node.name` and `steps.name` or `tasks.name` as the template's own text sees them: those of its caller. */
function ownNames(body: Body): Scope {
  const isAttempt = body.data.retries !== undefined;
  const called = body.node === body.data.run.name ? undefined : invocationOf(body.node, isAttempt);
  return scopeOf({
    'node.name': isAttempt ? body.node.replace(/\(\d+\)$/, '') : body.node,
    ...(called && { [`${called.kind}.name`]: called.name }),
  });
}

function attemptNames({ data }: Body): Scope {
  if (data.retries === undefined) return scopeOf({});
  return scopeOf({
    retries: String(data.retries),
    'lastRetry.exitCode': data.lastRetry?.exitCode ?? '0',
    'lastRetry.duration': data.lastRetry?.duration ?? '0',
    'lastRetry.status': data.lastRetry?.status ?? '',
    'lastRetry.message': data.lastRetry?.message ?? '',
  });
}

function valuedParameters(body: Body, declared: readonly Parameter[]): readonly Parameter[] {
  const values = body.data.inputs.parameters ?? {};
  return declared.map((parameter) => {
    const value = Object.hasOwn(values, parameter.name) ? values[parameter.name] : parameter.value;
    return { ...parameter, ...(value !== undefined && { value }) };
  });
}

/** The inputs by name, as a scope of the body (createScope in `workflow/controller/scope.go`). */
export function inputNames(body: Body): Scope {
  const { parameters, artifacts } = body.data.inputs;
  return {
    ...scopeOf(
      Object.fromEntries(
        Object.entries(parameters ?? {}).map(([name, text]) => [`inputs.parameters.${name}`, text]),
      ),
    ),
    artifacts: new Map(
      Object.entries(artifacts ?? {}).map(([name, ref]) => [`inputs.artifacts.${name}`, ref]),
    ),
  };
}

/**
 * A part of the template as it stands once the template has been entered (SubstituteParams): globals and
 * names first, then inputs. An inline template was text of its caller before, so the caller's values come
 * first of all.
 */
export function entered<T>(body: Body, part: T): Expansion<T> {
  const { template } = body.entry;
  interface Head extends Pick<Template, 'inputs' | 'outputs'> {
    readonly part: T;
  }
  const inputs = givenInputs(template.inputs, body.data.inputs);
  const head = { part, inputs, outputs: template.outputs };
  const outer = expand<Head>(head as Draft<Head>, scopeOf(body.data.outer ?? {}), 'none');
  if (!outer.ok) return outer;
  const names = mergeScopes(body.globals, ownNames(body), attemptNames(body));
  const first = expand<Head>(outer.value, names, 'none');
  if (!first.ok) return first;
  const read = plain<Head>(first.value) as Pick<Template, 'inputs' | 'outputs'>;
  const own = scopeOf({
    'inputs.parameters': parametersJson(valuedParameters(body, read.inputs?.parameters ?? [])),
    ...pathVariables(read),
  });
  const second = expand<Head>(first.value, mergeScopes(names, inputNames(body), own), 'none');
  return second.ok ? { ok: true, value: (second.value as { readonly part: Draft<T> }).part } : second;
}

/** What an inline template of this body can read of it before its own inputs. */
export function outerNames(body: Body): Scope {
  const parameters = valuedParameters(body, body.entry.template.inputs?.parameters ?? []);
  const list = scopeOf({ 'inputs.parameters': parametersJson(parameters) });
  return mergeScopes(
    scopeOf(body.data.outer ?? {}),
    ownNames(body),
    attemptNames(body),
    inputNames(body),
    list,
  );
}

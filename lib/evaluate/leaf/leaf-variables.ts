/** What the text of a leaf's template may refer to, and in which passes Argo puts it in. */
import { podName } from '../../argo/node-id.ts';
import { type Template, templateType } from '../../argo/template.ts';
import type { Inputs } from '../../protocol/outcome.ts';
import { givenInputs, inputScope } from '../arguments.ts';
import type { Bundle, BundleTemplate } from '../bundle.ts';
import { globalScope } from '../global-scope.ts';
import type { LastRetry, OuterValues, ScopeData } from '../requests.ts';
import { mergeScopes, type Scope, scopeOf } from '../scope.ts';
import { type Draft, expand, faultWhenCarried, plain, type Strictness } from '../text.ts';
import { invocationOf } from './invocation-name.ts';
import { failure, type Result, success } from './result.ts';

/**
 * What is known of one attempt (or the only run) of a leaf when its text is rendered, as in a StageRequest.
 */
export interface LeafSite {
  readonly node: string;
  readonly run: ScopeData['run'];
  readonly inputs: Inputs;
  readonly globals: ScopeData['globals'];
  readonly exit?: ScopeData['exit'];
  readonly outer?: OuterValues;
  readonly now?: string;
  readonly retries?: number;
  readonly lastRetry?: LastRetry;
}

const podTypes: ReadonlySet<string | undefined> = new Set([
  'container',
  'containerSet',
  'script',
  'resource',
  'data',
]);

/** The name of the leaf's pod. */
export function podNameOf(entry: BundleTemplate, site: LeafSite): string {
  return podName(site.run.name, site.node, entry.name);
}

interface Templated {
  readonly template: Template;
}

type Rendered<T extends Templated> = readonly [
  tree: T,
  bundle: Bundle,
  entry: BundleTemplate,
  site: LeafSite,
];

interface Pass {
  readonly scope: Scope;
  readonly strictness: Strictness;
}

/**
 * A tree made of a leaf's template and of parts of the spec, with its variables put in. The passes are those
 * of `workflow/controller/operator.go` executeTemplate: globals and names, then inputs and paths; below a
 * retryStrategy the same again with the attempt's variables, and only then does `pod.name` exist. As in
 * `workflow/common/util.go` SubstituteParams, paths are read when the first pass of a round is over.
 */
function draftTree<T extends Templated>(...[tree, bundle, entry, site]: Rendered<T>): Result<Draft<T>> {
  const globals = globalScope(bundle, site);
  const missing = missingInput(entry.template, site.inputs);
  if (missing !== undefined) return failure(`inputs.parameters.${missing} had no value`);
  const retried = site.retries !== undefined;
  const pod = scopeOf(
    podTypes.has(templateType(entry.template)) ? { 'pod.name': podNameOf(entry, site) } : {},
  );
  const names = nameScope(site);
  const hasAttempts = retried || entry.template.retryStrategy !== undefined;
  const rounds = [hasAttempts ? mergeScopes(globals, names) : mergeScopes(globals, pod, names)];
  if (retried) rounds.push(mergeScopes(globals, pod, retryScope(site)));
  // A tree as it was written is a draft in which nothing has been replaced yet.
  const { inputs } = entry.template;
  let draft = {
    ...tree,
    template: { ...tree.template, ...(inputs && { inputs: givenInputs(inputs, site.inputs) }) },
  } as unknown as Draft<T>;
  if (site.outer) {
    const outer = through(draft, {
      scope: mergeScopes(globals, scopeOf(site.outer)),
      strictness: 'references',
    });
    if (!outer.ok) return outer;
    draft = outer.value;
  }
  for (const round of rounds) {
    const first = through(draft, { scope: round, strictness: 'none' });
    if (!first.ok) return first;
    const valued = valuedInputs(entry.template, site.inputs);
    const scope = mergeScopes(round, inputScope(valued, plain<T>(first.value).template));
    const second = through(first.value, { scope, strictness: 'none' });
    if (!second.ok) return second;
    draft = second.value;
  }
  return success(draft);
}

/** The same as plain text. */
export function renderTree<T extends Templated>(...rendered: Rendered<T>): Result<T> {
  const drafted = draftTree(...rendered);
  return drafted.ok ? success(plain<T>(drafted.value)) : drafted;
}

/** The same of what becomes a pod, which carries its template as JSON text (`workflowpod.go` substitutePodParams). */
export function renderPodTree<T extends Templated>(...rendered: Rendered<T>): Result<T> {
  const [, bundle, , site] = rendered;
  const drafted = draftTree(...rendered);
  if (!drafted.ok) return drafted;
  const { template } = drafted.value as { readonly template: Draft<Template> };
  const fault = faultWhenCarried<Template>(template, () => globalScope(bundle, site));
  return fault === undefined ? success(plain<T>(drafted.value)) : failure(fault);
}

/** One field of a template with its variables put in, without going through the rest of a large template. */
export function renderField<K extends 'retryStrategy' | 'memoize' | 'synchronization'>(
  field: K,
  bundle: Bundle,
  entry: BundleTemplate,
  site: LeafSite,
): Result<Template[K]> {
  const { retries: _retries, lastRetry: _last, ...whole } = site;
  const { inputs, outputs } = entry.template;
  const template: Template = {
    [field]: entry.template[field],
    ...(inputs && { inputs }),
    ...(outputs && { outputs }),
  };
  const rendered = renderTree({ template }, bundle, entry, whole);
  return rendered.ok ? success(rendered.value.template[field]) : rendered;
}

function through<T>(draft: Draft<T>, pass: Pass): Result<Draft<T>> {
  const expanded = expand<T>(draft, pass.scope, pass.strictness);
  return expanded.ok ? success(expanded.value) : failure(expanded.error);
}

function nameScope(site: LeafSite): Scope {
  const isRoot = site.node === site.run.name;
  const invocation = isRoot ? undefined : invocationOf(site.node, site.retries !== undefined);
  const nodeName = site.retries === undefined ? site.node : site.node.replace(/\(\d+\)$/, '');
  return scopeOf({
    'node.name': nodeName,
    ...(invocation && { [`${invocation.kind}.name`]: invocation.name }),
  });
}

/** The first attempt sees an exit code and a duration of 0, so that expressions over them resolve. */
function retryScope(site: LeafSite): Scope {
  return scopeOf({
    retries: String(site.retries ?? 0),
    'lastRetry.exitCode': site.lastRetry?.exitCode ?? '0',
    'lastRetry.duration': site.lastRetry?.duration ?? '0',
    'lastRetry.status': site.lastRetry?.status ?? '',
    'lastRetry.message': site.lastRetry?.message ?? '',
  });
}

function inputValue(
  parameter: { name: string; value?: string; default?: string },
  inputs: Inputs,
): string | undefined {
  return inputs.parameters?.[parameter.name] ?? parameter.value ?? parameter.default;
}

function missingInput(template: Template, inputs: Inputs): string | undefined {
  const declared = template.inputs?.parameters ?? [];
  return declared.find((each) => inputValue(each, inputs) === undefined && each.valueFrom === undefined)
    ?.name;
}

function valuedInputs(template: Template, inputs: Inputs) {
  const parameters = (template.inputs?.parameters ?? []).map((parameter) => {
    const value = inputValue(parameter, inputs);
    return value === undefined ? parameter : { ...parameter, value };
  });
  return { parameters, artifacts: template.inputs?.artifacts ?? [] };
}

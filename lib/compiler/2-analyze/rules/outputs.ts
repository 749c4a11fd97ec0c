/**
 * What a template gives back. `validateOutputs` and `validateOutputParameter` in
 * `workflow/validate/validate.go`.
 */

import type { Parameter } from '../../../argo/parameter.ts';
import type { TemplateType } from '../../../argo/template.ts';
import type { Code } from '../../../diagnostics/catalogue.ts';
import type { Span } from '../../../diagnostics/source.ts';
import { type Called, report } from '../frame.ts';
import { hasPlaceholder, hasPlainTag } from '../tags.ts';
import { isLeafType, replacedType } from '../template-kind.ts';
import { checkPath } from './artifact-path.ts';
import { checkNames, parameterNameFault } from './field-names.ts';

export function checkOutputs(called: Called): void {
  const { frame, template, title, view } = called;
  const { parameters, artifacts } = template.outputs ?? {};
  const { spans } = frame;
  checkNames(frame, parameters, 'output parameter', parameterNameFault, view);
  checkNames(frame, artifacts, 'output artifact', parameterNameFault, view);
  for (const artifact of artifacts ?? []) {
    const path = artifact.path && view(artifact.path);
    if (isLeafType(template)) checkPath(frame, artifact, path, 'output');
    else if (artifact.path) {
      const message = `${title} runs no container, so its output artifact "${artifact.name}" has no path`;
      report(frame, 'misplaced-field', spans.key(artifact, 'path'), message, { hint: 'use from: "{{…}}"' });
    }
    checkGlobalName(called, artifact);
  }
  for (const parameter of parameters ?? []) {
    checkOutputParameter(called, parameter);
    checkGlobalName(called, parameter);
  }
}

function checkGlobalName({ frame, view }: Called, output: { readonly globalName?: string }): void {
  const name = output.globalName && view(output.globalName);
  if (!name || hasPlainTag(name) || hasPlaceholder(name)) return;
  const fault = parameterNameFault(name);
  if (!fault) return;
  report(frame, 'invalid-name', frame.spans.of(output, 'globalName'), `the global name "${name}" ${fault}`);
}

const ways = ['path', 'jqFilter', 'jsonPath', 'parameter', 'expression', 'supplied'] as const;

function checkOutputParameter({ frame, template }: Called, parameter: Parameter): void {
  const { spans } = frame;
  const { name, value, valueFrom } = parameter;
  const fail = (span: Span, text: string, hint?: string, code: Code = 'invalid-output') =>
    report(frame, code, span, `output parameter "${name}" ${text}`, hint ? { hint } : {});
  if (valueFrom && value !== undefined) {
    fail(spans.key(parameter, 'value'), 'has both value and valueFrom', 'keep one of the two');
    return;
  }
  if (!valueFrom) {
    if (value === undefined) fail(spans.of(parameter, 'name'), 'has neither value nor valueFrom');
    return;
  }
  const set = ways.filter((way) => valueFrom[way]);
  const span = spans.key(parameter, 'valueFrom');
  if (set.length === 0) {
    fail(span, 'does not say where its value comes from', `use one of ${ways.join(', ')}`);
    return;
  }
  if (set.length > 1) {
    fail(spans.key(valueFrom, set[1]!), `takes its value from ${set.join(' and ')}`, 'keep one of them');
    return;
  }
  const type = replacedType(template);
  const needed = waysOf(type);
  if (needed && !needed.includes(set[0]!)) {
    const message = `of a ${type} template takes its value from ${needed.join(' or ')}`;
    fail(spans.key(valueFrom, set[0]!), message);
  }
}

function waysOf(type: TemplateType | undefined): readonly (typeof ways)[number][] | undefined {
  if (type === 'container' || type === 'containerSet' || type === 'script') return ['path'];
  if (type === 'resource') return ['jqFilter', 'jsonPath'];
  if (type === 'steps' || type === 'dag') return ['parameter', 'expression'];
  return undefined;
}

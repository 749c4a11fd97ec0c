/**
 * Arguments of a workflow or a call: names, values and locations. `validateArguments` in
 * `workflow/validate/validate.go`.
 */

import type { Artifact } from '../../../argo/artifact.ts';
import type { Arguments } from '../../../argo/invocation.ts';
import type { Parameter } from '../../../argo/parameter.ts';
import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import { type Checker, report, type View } from '../frame.ts';
import { hasLocationOrKey } from './artifact-location.ts';
import { checkNames, parameterNameFault } from './field-names.ts';

export interface ArgumentOptions {
  /** Whether a value may still come, as when a workflow is linted before it is submitted. */
  readonly mayLackValues: boolean;
  /** How a value reads once what is known has been put in. */
  readonly view?: View;
}

export function checkArguments(
  checker: Checker,
  given: Arguments | undefined,
  owner: string,
  options: ArgumentOptions,
): void {
  if (!given) return;
  checkNames(checker, given.parameters, 'parameter', parameterNameFault, options.view);
  checkNames(checker, given.artifacts, 'artifact', parameterNameFault, options.view);
  for (const parameter of given.parameters ?? []) {
    checkValue(checker, parameter, owner, options);
    // As in Argo, an enum without a value ends the check of all that comes after it.
    if (parameter.enum && parameter.value === undefined && options.mayLackValues) return;
  }
  for (const artifact of given.artifacts ?? []) checkSource(checker, artifact, owner);
}

function checkValue(checker: Checker, parameter: Parameter, owner: string, options: ArgumentOptions): void {
  const { name, value, valueFrom } = parameter;
  const { spans } = checker;
  if (valueFrom === undefined && value === undefined && !options.mayLackValues) {
    const message = `${owner}: parameter "${name}" has no value`;
    report(checker, 'missing-value', spans.of(parameter, 'name'), message, {
      hint: 'add value or valueFrom',
    });
  }
  if (valueFrom) {
    const isAllowed = valueFrom.configMapKeyRef || valueFrom.event || valueFrom.supplied;
    const other = (['path', 'jsonPath', 'parameter', 'expression'] as const).find((key) => valueFrom[key]);
    if (!isAllowed || other) {
      const span = other ? spans.key(valueFrom, other) : spans.key(parameter, 'valueFrom');
      const message = `${owner}: "${name}" may take its value from configMapKeyRef, supplied or event only`;
      report(checker, 'value-from-not-allowed', span, message);
    }
  }
  checkEnum(checker, parameter, owner, options);
}

const PARAMETER_TYPE = 'workflows.argoproj.io/configmap-type';

/**
 * A run needs the ConfigMaps that its arguments come from before anything starts (`setGlobalParameters` in
 * `workflow/controller/operator.go`).
 */
export function checkConfigMaps(checker: Checker, given: Arguments, namespace: string): void {
  for (const parameter of given.parameters ?? []) {
    const ref = parameter.value === undefined ? parameter.valueFrom?.configMapKeyRef : undefined;
    if (ref === undefined || parameter.valueFrom?.default !== undefined) continue;
    const map = checker.stores.configMaps.get(`${namespace}/${ref.name ?? ''}`);
    const fault =
      map === undefined
        ? `the ConfigMap "${ref.name ?? ''}" is not among the files given`
        : map.metadata.labels?.[PARAMETER_TYPE] !== 'Parameter'
          ? `the ConfigMap "${ref.name ?? ''}" lacks the label ${PARAMETER_TYPE}: Parameter`
          : Object.hasOwn(map.data ?? {}, ref.key)
            ? undefined
            : `the ConfigMap "${ref.name ?? ''}" has no key "${ref.key}"`;
    if (fault === undefined) continue;
    const span = checker.spans.of(ref, map === undefined ? 'name' : 'key');
    report(checker, 'missing-value', span, `the parameter "${parameter.name}" has no value: ${fault}`, {
      hint: 'pass the file that holds it too, or add valueFrom.default',
    });
  }
}

function checkEnum(checker: Checker, parameter: Parameter, owner: string, options: ArgumentOptions): void {
  const { name, value, enum: allowed } = parameter;
  if (!allowed) return;
  const { spans } = checker;
  if (allowed.length === 0) {
    report(checker, 'not-in-enum', spans.of(parameter, 'enum'), `${owner}: the enum of "${name}" is empty`);
  } else if (value === undefined) {
    if (options.mayLackValues || parameter.valueFrom === undefined) return;
    report(
      checker,
      'missing-value',
      spans.of(parameter, 'name'),
      `${owner}: parameter "${name}" has no value`,
    );
  } else if (!allowed.includes(options.view?.(value) ?? value)) {
    const message = `${owner}: "${value}" is not among the values that "${name}" may have`;
    const related = [{ span: spans.of(parameter, 'enum'), message: 'these are allowed' }];
    report(checker, 'not-in-enum', spans.of(parameter, 'value'), message, {
      related,
      ...didYouMean(value, allowed),
    });
  }
}

function checkSource(checker: Checker, artifact: Artifact, owner: string): void {
  const { name, from, fromExpression } = artifact;
  if (!from && !hasLocationOrKey(artifact)) {
    const message = `${owner}: artifact "${name}" says not where it comes from`;
    const hint = fromExpression
      ? 'Argo takes fromExpression in outputs only'
      : 'add from: "{{…}}", a location such as s3, or a key';
    report(checker, 'missing-location', checker.spans.of(artifact, 'name'), message, { hint });
  }
  if (from && fromExpression) {
    const message = `${owner}: artifact "${name}" has both from and fromExpression`;
    report(checker, 'invalid-artifact', checker.spans.key(artifact, 'fromExpression'), message);
  }
}

/**
 * Where a template's inputs and outputs lie in its container, for `{{inputs.artifacts.NAME.path}}` and its
 * like.
 */
import type { Template } from '../argo/template.ts';

export function pathVariables(
  template: Pick<Template, 'inputs' | 'outputs'>,
): Readonly<Record<string, string>> {
  const paths: [string, string | undefined][] = [
    ...(template.inputs?.artifacts ?? []).map(({ name, path }): [string, string | undefined] => [
      `inputs.artifacts.${name}.path`,
      path,
    ]),
    ...(template.outputs?.artifacts ?? []).map(({ name, path }): [string, string | undefined] => [
      `outputs.artifacts.${name}.path`,
      path,
    ]),
    ...(template.outputs?.parameters ?? []).map(({ name, valueFrom }): [string, string | undefined] => [
      `outputs.parameters.${name}.path`,
      valueFrom?.path,
    ]),
  ];
  return Object.fromEntries(paths.filter((entry): entry is [string, string] => Boolean(entry[1])));
}

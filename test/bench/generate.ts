/** Workflows of any size, for measuring. */

/** A DAG in which each task waits for one, sometimes for two before it. */
export function dagYaml(tasks: number): string {
  return dagOf(tasks, (at) =>
    at === 0 ? [] : at % 3 === 0 && at > 10 ? [at - 1, at - 7] : [Math.floor(at / 2)],
  );
}

/** A DAG in which each task waits for three before it, near and far. */
export function denseDagYaml(tasks: number): string {
  return dagOf(tasks, (at) =>
    [...new Set([at - 1, Math.floor(at / 2), Math.floor(at / 3)])].filter((one) => one >= 0 && one < at),
  );
}

function dagOf(tasks: number, needsOf: (at: number) => readonly number[]): string {
  const lines = Array.from({ length: tasks }, (_, at) => {
    const needs = needsOf(at)
      .map((one) => `t${one}`)
      .join(' && ');
    const depends = needs === '' ? '' : `, depends: ${needs}`;
    return `          - {name: t${at}, template: work, arguments: {parameters: [{name: p, value: '${at}'}]}${depends}}`;
  });
  return header(
    'dag',
    `    - name: main
      dag:
        tasks:
${lines.join('\n')}
`,
  );
}

/** So many groups of steps, each as wide as is asked. */
export function stepsYaml(groups: number, width: number): string {
  const group = (at: number) =>
    Array.from(
      { length: width },
      (_, step) => `${step === 0 ? '        - - ' : '          - '}{name: s${at}-${step}, template: bare}`,
    ).join('\n');
  return header(
    'steps',
    `    - name: main
      steps:
${Array.from({ length: groups }, (_, at) => group(at)).join('\n')}
`,
  );
}

function header(name: string, main: string): string {
  return `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  name: ${name}
spec:
  entrypoint: main
  templates:
${main}    - name: work
      inputs: {parameters: [{name: p}]}
      container: {image: 'busybox:1.36', command: [echo, '{{inputs.parameters.p}}']}
    - name: bare
      container: {image: 'busybox:1.36', command: ['true']}
`;
}

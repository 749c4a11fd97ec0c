/** Workflows that several tests of the command line use. */

export const HELLO = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: hello-
spec:
  entrypoint: say
  arguments:
    parameters: [{name: who, value: world}]
  templates:
    - name: say
      container:
        image: busybox
        command: [echo]
        args: ["hello {{workflow.parameters.who}}"]
`;

export const BROKEN = `kind: Workflow
apiVersion: argoproj.io/v1alpha1
metadata: {generateName: broken-}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: a, template: syay}]]
    - name: say
      container: {image: busybox, command: [echo]}
`;

/** Step "second" fails unless the parameter `ok` is yes; what "first" prints differs each time that it runs. */
export const FLAKY = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  name: flaky
spec:
  entrypoint: main
  arguments:
    parameters: [{name: ok, value: "no"}]
  templates:
    - name: main
      steps:
        - - name: first
            template: note
        - - name: second
            template: check
            arguments:
              parameters: [{name: text, value: "{{steps.first.outputs.result}}"}]
    - name: note
      script:
        image: busybox
        command: [sh]
        source: cat /proc/sys/kernel/random/uuid
    - name: check
      inputs:
        parameters: [{name: text}]
      container:
        image: busybox
        command: [test]
        args: ["{{workflow.parameters.ok}}", "=", "yes"]
`;

export const SUSPENDED = `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  name: held
spec:
  entrypoint: main
  onExit: bye
  templates:
    - name: main
      steps:
        - - name: approve
            template: ask
        - - name: use
            template: say
            arguments:
              parameters: [{name: text, value: "{{steps.approve.outputs.parameters.answer}}"}]
    - name: ask
      suspend: {}
      outputs:
        parameters:
          - name: answer
            valueFrom: {supplied: {}}
    - name: say
      inputs:
        parameters: [{name: text}]
      container:
        image: busybox
        command: [echo]
        args: ["{{inputs.parameters.text}}"]
    - name: bye
      container:
        image: busybox
        command: [echo]
        args: ["{{workflow.status}}"]
`;

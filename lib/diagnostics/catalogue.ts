/**
 * Every diagnostic code: its severity, what it says, why, and what to do; `argosy explain CODE` prints a row.
 */

import type { Severity } from './diagnostic.ts';

export interface CatalogueEntry {
  readonly severity: Severity;
  readonly title: string;
  readonly why: string;
  readonly remedy: string;
}

export const catalogue = {
  'yaml-syntax': {
    severity: 'error',
    title: 'the text is not valid YAML',
    why: 'A document that cannot be read cannot be checked; Argo leaves it out without a word.',
    remedy:
      'Mend the place that is marked. Texts with ": ", " #", or that begin with {, [, &, *, !, %, @ or ' +
      'a backtick need quotes.',
  },
  'duplicate-key': {
    severity: 'error',
    title: 'a key is set twice in one map',
    why: 'Argo reads YAML strictly and drops the whole document, and which value was meant cannot be known.',
    remedy: 'Keep one of the two. A key that a merge (<<) brings cannot be set again beside it.',
  },
  'repeated-key': {
    severity: 'warning',
    title: 'a key is set twice in one map',
    why: 'The last one counts, as when an object is created through Kubernetes.',
    remedy: 'Keep one of the two.',
  },
  'invalid-key': {
    severity: 'error',
    title: 'a key is not a text',
    why: 'JSON, into which the document is turned, has only texts as keys.',
    remedy: 'Put quotes around it: an unquoted {{tag}} is a map in YAML.',
  },
  'unknown-anchor': {
    severity: 'error',
    title: 'an alias names no anchor, or one that contains itself',
    why: 'The value that it stands for does not exist.',
    remedy: 'Define the anchor (&name) before the alias (*name).',
  },
  'too-large': {
    severity: 'error',
    title: 'the input is beyond a limit',
    why: 'Sizes, depth and the number of values are bounded, so that no file can take all memory.',
    remedy: 'Split the file, or generate less of it.',
  },
  'unknown-kind': {
    severity: 'warning',
    title: 'a document has no meaning here',
    why:
      'Only Workflow, WorkflowTemplate, ClusterWorkflowTemplate, CronWorkflow, WorkflowEventBinding, ' +
      'ConfigMap and Secret are read.',
    remedy: 'Correct the kind, or leave the document to the tool that it is for.',
  },
  'nothing-to-check': {
    severity: 'error',
    title: 'no workflow was found',
    why:
      'Of the documents given none is a Workflow, a template or a CronWorkflow, so that nothing was ' +
      'checked.',
    remedy: 'Name the file or folder that holds them.',
  },
  'unknown-field': {
    severity: 'error',
    title: 'a field does not exist',
    why: 'Argo reads strictly: what it does not know is an error, and mostly a slip of the pen.',
    remedy: 'Correct the name, or remove the field.',
  },
  'unread-field': {
    severity: 'warning',
    title: 'a field does not exist and is not read',
    why:
      'It is lost without a word: inside a step, and where an object is not read strictly, unknown ' +
      'fields are passed over.',
    remedy: 'Correct the name, or remove the field.',
  },
  'wrong-type': {
    severity: 'error',
    title: 'a value is of another type than its field',
    why:
      'Argo cannot decode the document. YAML reads unquoted numbers, dates, yes, no, on, off, y and n as ' +
      'other than text.',
    remedy: 'Write a value of the type named; quote what is meant as text.',
  },
  'not-a-text': {
    severity: 'warning',
    title: 'a list or map stands where a text is meant',
    why: 'Argo accepts it and reads an empty text.',
    remedy: 'Write it as JSON in quotes, which withParam and fromJSON can read.',
  },
  'duplicate-object': {
    severity: 'error',
    title: 'two documents have the same kind, namespace and name',
    why: 'A reference to them would be ambiguous.',
    remedy: 'Rename one, or remove it.',
  },
  'name-too-long': {
    severity: 'error',
    title: 'a name is too long',
    why:
      'Kubernetes labels hold 63 characters; a CronWorkflow adds 11 of its own to its name, a template ' +
      'has 128.',
    remedy: 'Shorten the name.',
  },
  'invalid-name': {
    severity: 'error',
    title: 'a name has characters that it cannot have',
    why:
      'Templates, steps and tasks are named with letters, digits and hyphens; parameters and artifacts ' +
      'with underscores too.',
    remedy: 'Rename it.',
  },
  'missing-name': {
    severity: 'error',
    title: 'a name is missing',
    why: 'What has no name cannot be referred to.',
    remedy: 'Give it a name.',
  },
  'duplicate-name': {
    severity: 'error',
    title: 'two things of one list have the same name',
    why: 'A reference to them would be ambiguous.',
    remedy: 'Rename one, or remove it.',
  },
  'missing-entrypoint': {
    severity: 'error',
    title: 'the workflow does not say where it begins',
    why: 'spec.entrypoint names the template that runs first.',
    remedy: 'Set spec.entrypoint.',
  },
  'unknown-template': {
    severity: 'error',
    title: 'a template is called that does not exist',
    why: 'Templates are looked up in the object that holds the call.',
    remedy: 'Correct the name, or use templateRef for a template of another object.',
  },
  'unknown-template-ref': {
    severity: 'error',
    title: 'a template of another object is called that does not exist',
    why: 'The WorkflowTemplate or ClusterWorkflowTemplate is looked up among the files given.',
    remedy:
      'Correct the name, set clusterScope for a ClusterWorkflowTemplate, or pass the file that holds it too.',
  },
  'missing-template': {
    severity: 'error',
    title: 'a step or task calls nothing',
    why: 'It needs exactly one of template, templateRef and inline.',
    remedy: 'Say which template it runs.',
  },
  'template-and-ref': {
    severity: 'error',
    title: 'both template and templateRef are set',
    why: 'Only one can be called.',
    remedy: 'Remove one of the two.',
  },
  'templates-beside-ref': {
    severity: 'error',
    title: 'templates stand beside workflowTemplateRef',
    why: "A workflow that runs another object's spec takes its templates from there.",
    remedy: 'Remove the templates, or the reference.',
  },
  'no-template-type': {
    severity: 'error',
    title: 'a template has no type',
    why:
      'It needs exactly one of container, containerSet, script, resource, steps, dag, suspend, http, ' +
      'data and plugin.',
    remedy: 'Add the body of one type.',
  },
  'several-template-types': {
    severity: 'error',
    title: 'a template has more than one type',
    why:
      'It needs exactly one of container, containerSet, script, resource, steps, dag, suspend, http, ' +
      'data and plugin.',
    remedy: 'Split it into several templates.',
  },
  'unknown-variable': {
    severity: 'error',
    title: 'a variable is not visible here',
    why:
      "A template sees its own inputs, the workflow's variables and, when it is steps or dag, what " +
      'stands before in it.',
    remedy:
      'Correct the name, or declare an input parameter and pass the value where the template is called.',
  },
  'missing-argument': {
    severity: 'error',
    title: 'an input gets no value',
    why: 'The input has no default and the caller gives no argument of that name.',
    remedy: 'Pass an argument of that name, or give the input a default.',
  },
  'missing-value': {
    severity: 'error',
    title: 'an argument has no value',
    why: 'An argument of a call needs a value or a valueFrom.',
    remedy: 'Give it a value.',
  },
  'value-from-not-allowed': {
    severity: 'error',
    title: 'this valueFrom is not possible here',
    why: 'An argument may take its value from configMapKeyRef, supplied or event only.',
    remedy: 'Use value with a {{tag}} instead.',
  },
  'not-in-enum': {
    severity: 'error',
    title: 'a value is not among those allowed',
    why: 'The parameter lists in enum the values that it may have.',
    remedy: 'Choose one of the list, or extend it.',
  },
  'missing-location': {
    severity: 'error',
    title: 'an artifact argument says not where it comes from',
    why: 'It needs from, a location such as s3, or a key.',
    remedy: 'Add from: "{{…}}" or a location.',
  },
  'invalid-artifact': {
    severity: 'error',
    title: 'an artifact cannot be as written',
    why: 'Inputs, arguments and outputs differ in what they may say about an artifact.',
    remedy: 'See the message.',
  },
  'invalid-output': {
    severity: 'error',
    title: 'an output cannot be as written',
    why: 'Each type of template has its own way of giving outputs.',
    remedy: 'See the message.',
  },
  'mount-collision': {
    severity: 'error',
    title: 'two things are put at the same path',
    why: 'The second would hide the first.',
    remedy: 'Choose another path for one of them.',
  },
  'missing-image': {
    severity: 'error',
    title: 'a container has no image',
    why: 'Neither the template nor templateDefaults name one.',
    remedy: 'Set image.',
  },
  'reserved-name': {
    severity: 'error',
    title: 'a container has a name that Argo keeps for itself',
    why: 'wait, supervisor and names beginning with artifact-plugin- are its own containers.',
    remedy: 'Rename the container.',
  },
  'invalid-container-set': {
    severity: 'error',
    title: 'a containerSet cannot be as written',
    why: 'Its containers form a graph of their own, and inputs and outputs pass through the one named main.',
    remedy: 'See the message.',
  },
  'invalid-resource': {
    severity: 'error',
    title: 'a resource template cannot be as written',
    why: 'It needs an action that exists and, unless that is get or delete, one manifest.',
    remedy: 'See the message.',
  },
  'misplaced-field': {
    severity: 'error',
    title: 'a field does not go with this type of template',
    why: 'Time limits belong to leaves, parallelism to steps and dag, pod fields to what runs a pod.',
    remedy: 'Move it to a template of that type.',
  },
  'invalid-timeout': {
    severity: 'error',
    title: 'a timeout has no unit',
    why: 'timeout is a Go duration, unlike activeDeadlineSeconds.',
    remedy: 'Add a unit: 30s.',
  },
  'invalid-deadline': {
    severity: 'error',
    title: 'activeDeadlineSeconds is not a number of seconds',
    why: 'It is a whole number from 0, or one tag that gives such a number.',
    remedy: 'Write seconds.',
  },
  'dag-cycle': {
    severity: 'error',
    title: 'tasks depend on each other in a circle',
    why: 'None of them could ever start.',
    remedy: 'Remove one of the dependencies.',
  },
  'unknown-dependency': {
    severity: 'error',
    title: 'a task depends on one that does not exist',
    why: 'Dependencies are names of tasks of the same dag.',
    remedy: 'Correct the name.',
  },
  'empty-dag': {
    severity: 'error',
    title: 'a dag has no tasks',
    why: 'There is nothing to run.',
    remedy: 'Add a task.',
  },
  'mixed-dependencies': {
    severity: 'error',
    title: 'depends and dependencies or continueOn are mixed',
    why: 'A dag uses one way for all its tasks: with depends, continueOn is said as a.Failed or a.Errored.',
    remedy: 'Use depends everywhere.',
  },
  'invalid-depends': {
    severity: 'error',
    title: 'a result named in depends does not exist',
    why:
      'A task has Succeeded, Failed, Errored, Skipped, Omitted, Daemoned; a loop also AnySucceeded and ' +
      'AllFailed.',
    remedy: 'Correct the word.',
  },
  'unknown-target': {
    severity: 'error',
    title: 'dag.target names no task',
    why: 'Targets are names of tasks, each separated by one space.',
    remedy: 'Correct the name.',
  },
  'missing-dependency': {
    severity: 'error',
    title: 'a task uses the result of one that it does not wait for',
    why: 'Only results of tasks before it are known when it starts.',
    remedy: 'Add the task to depends or dependencies.',
  },
  'several-loops': {
    severity: 'error',
    title: 'more than one of withItems, withParam and withSequence',
    why: 'A step loops over one thing.',
    remedy: 'Keep one, or nest templates.',
  },
  'invalid-sequence': {
    severity: 'error',
    title: 'withSequence has both count and end',
    why: 'Either one says where it ends.',
    remedy: 'Remove one.',
  },
  'missing-expression': {
    severity: 'error',
    title: 'a hook has no expression',
    why: 'Only the hook named exit runs without one.',
    remedy: 'Add an expression that says when it runs.',
  },
  'unknown-policy': {
    severity: 'error',
    title: 'a policy or strategy has a value that does not exist',
    why: 'Only the values named in the message have a meaning.',
    remedy: 'Choose one of them.',
  },
  'invalid-selector': {
    severity: 'error',
    title: 'a label selector is malformed',
    why:
      'Operators are In, NotIn, Exists and DoesNotExist; the first two need values and the others have ' +
      'none.',
    remedy: 'Correct it.',
  },
  'invalid-metric': {
    severity: 'error',
    title: 'a metric cannot be as written',
    why: 'Prometheus limits the characters of names, and a metric needs a help text and a value.',
    remedy: 'See the message.',
  },
  'invalid-pod-resources': {
    severity: 'error',
    title: 'pod-level resources cannot be as written',
    why:
      'Kubernetes takes cpu, memory and hugepages-* at the level of a pod, and only where a template ' +
      'runs one.',
    remedy: 'Move the rest to the container.',
  },
  'invalid-schedule': {
    severity: 'error',
    title: "a CronWorkflow's schedule cannot be as written",
    why: 'A schedule has five fields, or is one like @daily or @every 1h.',
    remedy: 'See the message.',
  },
  'invalid-plugin': {
    severity: 'error',
    title: 'an executor plugin cannot be as written',
    why: 'It runs as a sidecar, which needs a name, an image, one port, resources and a security context.',
    remedy: 'See the message.',
  },
  'invalid-expression': {
    severity: 'warning',
    title: 'an expression cannot be read',
    why: 'The node that uses it will be an Error when it runs.',
    remedy: 'Correct the expression; see the column that is marked.',
  },
  'invalid-condition': {
    severity: 'warning',
    title: 'a condition cannot be read',
    why: '`when` is evaluated after its tags have been replaced; the step will be an Error when it runs.',
    remedy: "Quote values that may hold spaces or operators: when: \"'{{x}}' == 'yes'\".",
  },
  'invalid-duration': {
    severity: 'warning',
    title: 'a duration cannot be read',
    why: 'The node that uses it will be an Error when it runs.',
    remedy: 'Write seconds, or a number with a unit: 30s, 5m, 2h.',
  },
  'fails-at-run-time': {
    severity: 'warning',
    title: 'this will fail when it runs',
    why: 'The linter of Argo accepts it; the run does not.',
    remedy: 'See the message.',
  },
  'script-injection': {
    severity: 'warning',
    title: 'a parameter is pasted into the text of a program',
    why:
      'A value with quotes, semicolons or $( ) becomes part of the program: whoever sets the parameter ' +
      'can run anything.',
    remedy:
      'Pass it as an environment variable: env: [{name: X, value: "{{…}}"}], and use "$X" in the script.',
  },
  'undeclared-argument': {
    severity: 'warning',
    title: 'an argument is not an input of the template called',
    why: 'It is left out without a word.',
    remedy: 'Declare the input, or correct the name.',
  },
  'unused-parameter': {
    severity: 'warning',
    title: 'an input is declared but not used',
    why: 'It may be a slip in the name of a tag.',
    remedy: 'Remove it, or use it.',
  },
  'unknown-tag': {
    severity: 'warning',
    title: 'a tag is not a variable and stays in the text',
    why: 'Only tags that begin with a known word are replaced; others reach the container as they stand.',
    remedy: 'Correct it if a variable was meant.',
  },
  'outside-ancestry': {
    severity: 'warning',
    title: 'a task uses the result of one that it does not wait for',
    why: 'The tag will not have a value in time.',
    remedy: 'Add the task to depends or dependencies.',
  },
  'ignored-field': {
    severity: 'warning',
    title: 'a field has no counterpart here and is left out',
    why: 'See the message for what is lost.',
    remedy: 'Remove it, or accept the difference.',
  },
  'mapped-field': {
    severity: 'warning',
    title: 'a field works in another way here',
    why: 'See the message.',
    remedy: 'Accept the difference, or remove the field.',
  },
  'invalid-placement': {
    severity: 'error',
    title: 'it is not clear where a template runs',
    why: 'The annotation argosy/run-on says whether containers run on Fargate or as a Job of the EKS cluster.',
    remedy: 'Write fargate or eks; no variables are put in there.',
  },
  'no-cluster': {
    severity: 'error',
    title: 'a template wants an EKS cluster that is not there',
    why: 'The runtime was deployed without one, so that its containers would run elsewhere than they were meant to.',
    remedy: 'Deploy the runtime with eksCluster (docs/eks.md), or remove the annotation.',
  },
  'invalid-query': {
    severity: 'error',
    title: 'an output cannot be read in the way that is written',
    why: 'jsonPath is a template of kubectl, jqFilter a filter of jq; the node would fail after its object was made.',
    remedy: 'Correct the expression; docs/eks.md lists what of jq is not supported.',
  },
  'refused-flag': {
    severity: 'error',
    title: 'a flag of kubectl cannot be supported here',
    why: 'There is no kubectl: its requests are made without it, and only for some of its flags.',
    remedy: 'Say it in the manifest, or run kubectl in a container.',
  },
  'refused-field': {
    severity: 'error',
    title: 'a field cannot be supported here',
    why: 'See the message.',
    remedy: 'See the message.',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

export type Code = keyof typeof catalogue;

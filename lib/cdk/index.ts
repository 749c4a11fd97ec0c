/** What `argosy/cdk` exports: the runtime, its stack, and the construct of one workflow. */
export { ArgoWorkflow, type ArgoWorkflowProps } from './argo-workflow.ts';
export { type Architecture, type Configuration, type GivenVpc, readConfiguration } from './configuration.ts';
export { ArgosyRuntime, type ArgosyRuntimeProps } from './runtime.ts';
export { ArgosyStack, type ArgosyStackProps } from './stack.ts';

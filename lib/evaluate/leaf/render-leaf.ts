/** Turns a container, script or containerSet template and its inputs into what the executor runs. */
import { type Template, templateType } from '../../argo/template.ts';
import type { WorkflowSpec } from '../../argo/workflow.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { JobOfLeaf } from '../../protocol/run-job.ts';
import type { TaskDefinition } from '../../protocol/run-task.ts';
import type { ContainerSpec, TaskSpec } from '../../protocol/task-spec.ts';
import { type Bundle, runsOnEks } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
import { jobOf, withoutExecutor } from './job.ts';
import { endedOutcome, errorOutcome } from './leaf-outcome.ts';
import { renderPodTree } from './leaf-variables.ts';
import { podDeadlines } from './pod-deadlines.ts';
import { CLUSTER_FIELDS, type PodTree, podSpecOf } from './pod-spec.ts';
import { patchedPod, preparedPatch, type YamlReader } from './pod-spec-patch.ts';
import { refusalOf } from './refused-leaf.ts';
import { taskDefinitionOf } from './task-definition.ts';
import { taskSpecOf } from './task-spec-of.ts';

export type RenderedLeaf =
  | { readonly kind: 'run'; readonly spec: TaskSpec; readonly taskDefinition: TaskDefinition }
  /** On EKS. */
  | { readonly kind: 'job'; readonly spec: TaskSpec; readonly job: JobOfLeaf }
  | { readonly kind: 'done'; readonly outcome: Outcome };

/** Reads no YAML, only JSON: a `podSpecPatch` in YAML then is an error. */
const noYaml: YamlReader = () => {
  throw new Error('YAML is not read here');
};

export function renderLeaf(
  bundle: Bundle,
  request: StageRequest,
  readYaml: YamlReader = noYaml,
): RenderedLeaf {
  const entry = bundle.templates[request.template];
  const done = (message: string): RenderedLeaf => ({ kind: 'done', outcome: errorOutcome(request, message) });
  if (!entry) return done(`template ${request.template} not found`);
  const refused = refusalOf(templateType(entry.template));
  if (refused !== undefined) return done(refused);
  const tree = renderPodTree(podTree(bundle.spec, entry.template, readYaml), bundle, entry, request);
  if (!tree.ok) return done(tree.error);
  const limits = podDeadlines(tree.value.template, request, entry);
  if (!limits.ok) return done(limits.error);
  if ('phase' in limits.value) {
    const startedAt = request.startedAt ?? request.now;
    const ended = { ...limits.value, node: request.node, startedAt, now: request.now };
    return { kind: 'done', outcome: endedOutcome(ended) };
  }
  const claims = (bundle.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata?.name ?? '');
  const isPod = runsOnEks(bundle, entry.template);
  const pod = podSpecOf(tree.value, request.run.name, claims, isPod);
  if (!pod.ok) return done(pod.error);
  const patched = patchedPod(pod.value, tree.value.patches, readYaml);
  if (!patched.ok) return done(patched.error);
  const parts = {
    bundle,
    request,
    entry,
    tree: tree.value,
    pod: isPod ? withoutExecutor(patched.value) : patched.value,
    claims,
    limits: limits.value,
    isPod,
  };
  const spec = taskSpecOf(parts);
  if (!spec.ok) return done(spec.error);
  if (isPod) {
    const { run } = request;
    const namespace = bundle.eks?.namespace ?? run.namespace;
    const job = jobOf(spec.value, patched.value, {
      namespace,
      runUid: run.uid,
      now: Date.parse(request.now),
    });
    return job.ok ? { kind: 'job', spec: inPod(spec.value), job: job.value } : done(job.error);
  }
  const taskDefinition = taskDefinitionOf(spec.value);
  if (!taskDefinition.ok) return done(taskDefinition.error);
  return { kind: 'run', spec: spec.value, taskDefinition: taskDefinition.value };
}

/** Kubernetes mounts parts of volumes itself. */
function inPod(spec: TaskSpec): TaskSpec {
  const whole = (container: ContainerSpec): ContainerSpec => ({
    ...container,
    mounts: container.mounts.map(({ subPath: _part, ...mount }) => mount),
  });
  const { containers, initContainers, sidecars } = spec;
  return {
    ...spec,
    containers: containers.map(whole),
    initContainers: initContainers.map(whole),
    sidecars: sidecars.map(whole),
  };
}

/** All that becomes the pod of a leaf, as it is written. */
export function podTree(spec: WorkflowSpec, template: Template, readYaml: YamlReader): PodTree {
  const { nodeSelector, serviceAccountName, securityContext, podResources } = spec;
  const { podSpecPatch, ...rest } = template;
  const patches = [spec.podSpecPatch, podSpecPatch].filter((patch) => patch !== undefined && patch !== '');
  return {
    template: rest,
    volumes: spec.volumes ?? [],
    spec: {
      ...(nodeSelector && { nodeSelector }),
      ...(serviceAccountName && { serviceAccountName }),
      ...(securityContext && { securityContext }),
      ...(podResources && { podResources }),
      ...Object.fromEntries(
        CLUSTER_FIELDS.map((field) => [field, spec[field]]).filter(([, value]) => value !== undefined),
      ),
    },
    podMetadata: spec.podMetadata ?? {},
    patches: patches.map((patch) => preparedPatch(patch ?? '', readYaml)),
  };
}

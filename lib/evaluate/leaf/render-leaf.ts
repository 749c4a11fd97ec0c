/** Turns a container, script or containerSet template and its inputs into what the executor runs. */
import { type Template, templateType } from '../../argo/template.ts';
import type { WorkflowSpec } from '../../argo/workflow.ts';
import type { Outcome } from '../../protocol/outcome.ts';
import type { TaskDefinition } from '../../protocol/run-task.ts';
import type { TaskSpec } from '../../protocol/task-spec.ts';
import type { Bundle, BundleTemplate } from '../bundle.ts';
import type { StageRequest } from '../requests.ts';
import { type Deadlines, leafDeadlines, type Overdue, overdueBeforeStart } from './leaf-deadlines.ts';
import { endedOutcome, errorOutcome } from './leaf-outcome.ts';
import { renderTree } from './leaf-variables.ts';
import { type PodTree, podSpecOf } from './pod-spec.ts';
import { patchedPod, preparedPatch, type YamlReader } from './pod-spec-patch.ts';
import { refusalOf } from './refused-leaf.ts';
import { type Result, success } from './result.ts';
import { taskDefinitionOf } from './task-definition.ts';
import { taskSpecOf } from './task-spec-of.ts';

export type RenderedLeaf =
  | { readonly kind: 'run'; readonly spec: TaskSpec; readonly taskDefinition: TaskDefinition }
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
  const tree = renderTree(podTree(bundle.spec, entry.template, readYaml), bundle, entry, request);
  if (!tree.ok) return done(tree.error);
  const limits = deadlinesOf(tree.value, request, entry);
  if (!limits.ok) return done(limits.error);
  if ('phase' in limits.value) {
    const startedAt = request.startedAt ?? request.now;
    const ended = { ...limits.value, node: request.node, startedAt, now: request.now };
    return { kind: 'done', outcome: endedOutcome(ended) };
  }
  const claims = (bundle.spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata?.name ?? '');
  const pod = podSpecOf(tree.value, request.run.name, claims);
  if (!pod.ok) return done(pod.error);
  const patched = patchedPod(pod.value, tree.value.patches, readYaml);
  if (!patched.ok) return done(patched.error);
  const parts = {
    bundle,
    request,
    entry,
    tree: tree.value,
    pod: patched.value,
    claims,
    limits: limits.value,
  };
  const spec = taskSpecOf(parts);
  if (!spec.ok) return done(spec.error);
  const taskDefinition = taskDefinitionOf(spec.value);
  if (!taskDefinition.ok) return done(taskDefinition.error);
  return { kind: 'run', spec: spec.value, taskDefinition: taskDefinition.value };
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
    },
    podMetadata: spec.podMetadata ?? {},
    patches: patches.map((patch) => preparedPatch(patch ?? '', readYaml)),
  };
}

function deadlinesOf(
  tree: PodTree,
  request: StageRequest,
  entry: BundleTemplate,
): Result<Deadlines | Overdue> {
  const now = Date.parse(request.now);
  const maxDuration = entry.template.retryStrategy?.backoff?.maxDuration;
  const retried = request.retries !== undefined && request.retries > 0;
  const { deadline } = request.run;
  const site = {
    node: request.node,
    now,
    startedAt: request.startedAt === undefined ? now : Date.parse(request.startedAt),
    ...(deadline !== undefined && !request.exit && { runDeadline: deadline }),
    ...(maxDuration && retried && { maxDuration }),
    ...(request.firstStartedAt && { firstStartedAt: Date.parse(request.firstStartedAt) }),
  };
  const { template } = tree;
  const overdue = overdueBeforeStart(template, site);
  if (!overdue.ok) return overdue;
  if (overdue.value) return success(overdue.value);
  const containers = template.containerSet?.containers ?? [template.container ?? template.script ?? {}];
  return leafDeadlines(template, containers, site);
}

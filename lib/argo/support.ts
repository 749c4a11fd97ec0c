/**
 * What becomes of every field of Argo's schema: README's table, `explain` and the compiler's warnings are
 * made from it.
 */

import { schemaTypes } from './schema.generated.ts';

export type Verdict =
  /** As in Argo. */
  | { readonly kind: 'supported' }
  /** Through something of AWS's that stands in its place. */
  | {
      readonly kind: 'mapped';
      readonly to: string /** What a user must know: a warning. */;
      readonly note?: string;
    }
  /** Left out, with a warning. */
  | { readonly kind: 'ignored'; readonly lost: string }
  /** An error: leaving it out would change what the workflow does. */
  | { readonly kind: 'refused'; readonly why: string; readonly remedy: string };

const supported: Verdict = { kind: 'supported' };
const mapped = (to: string, note?: string): Verdict => ({ kind: 'mapped', to, ...(note && { note }) });
const ignored = (lost: string): Verdict => ({ kind: 'ignored', lost });
const refused = (why: string, remedy: string): Verdict => ({ kind: 'refused', why, remedy });

/**
 * Patterns of `Type.field field …`, tried in order; `*` stands for any characters. A type is a row of the
 * schema's table.
 */
const rows: readonly (readonly [patterns: string, verdict: Verdict])[] = [
  // What Argo writes itself, and what the API server keeps.
  [
    '*Status.* Condition.* NodeFlag.* MutexHolding.* SemaphoreHolding.*',
    ignored('it is written by Argo, never read'),
  ],
  ['ArtifactRepository.* *ArtifactRepository.* *.status', ignored('it is written by Argo, never read')],
  ['core.ModifyVolumeStatus.* core.PersistentVolumeClaimCondition.*', ignored('it is written by Kubernetes')],
  ['core.ObjectReference.*', ignored('it is written by Argo, never read')],
  [
    'Outputs.result Outputs.exitCode Artifact.deleted ArtifactPaths.deleted',
    ignored('it is written by Argo, never read'),
  ],
  [
    'ObjectMeta.name ObjectMeta.generateName ObjectMeta.namespace ObjectMeta.labels ObjectMeta.annotations',
    supported,
  ],
  ['ObjectMeta.*', ignored('it is kept by the API server of Kubernetes, which there is none of here')],
  ['ManagedFieldsEntry.* OwnerReference.*', ignored('it is kept by the API server of Kubernetes')],
  ['*.apiVersion *.kind *.metadata *.spec', supported],

  // Scheduling of pods.
  [
    '*.affinity *.tolerations *.schedulerName *.podPriorityClassName *.priorityClassName',
    ignored('there are no nodes to choose between'),
  ],
  [
    'core.Affinity.* core.NodeAffinity.* core.PodAffinity.* core.PodAntiAffinity.* core.NodeSelector*.*',
    ignored('there are no nodes to choose between'),
  ],
  [
    'core.PodAffinityTerm.* core.WeightedPodAffinityTerm.* core.PreferredSchedulingTerm.* core.Toleration.*',
    ignored('there are no nodes to choose between'),
  ],
  ['RetryAffinity.* RetryNodeAntiAffinity.*', ignored('there are no nodes to choose between')],
  ['LabelSelector.* LabelSelectorRequirement.*', ignored('there are no pods to select')],
  ['WorkflowSpec.podDisruptionBudget PodDisruptionBudgetSpec.*', ignored('tasks are not evicted')],
  ['WorkflowSpec.podGC PodGC.*', ignored('a task is gone when it ends; its log stays in CloudWatch')],
  [
    '*.podMetadata Template.metadata Template.annotations Metadata.*',
    ignored('tasks carry the tags of the stack only'),
  ],
  [
    '*.nodeSelector',
    mapped('the architecture and operating system of the task (kubernetes.io/arch, kubernetes.io/os)'),
  ],
  ['*.podResources', mapped('cpu and memory of the task')],
  ['*.podSpecPatch', mapped('what it sets of containers, volumes and node selection, in the task')],
  [
    '*.resourceClaims core.PodResourceClaim.* core.ResourceClaim.* core.ResourceRequirements.claims',
    ignored('devices cannot be claimed'),
  ],

  // Identity and network.
  [
    '*.serviceAccountName ExecutorConfig.* *.executor',
    mapped('the role that tasks run with, by the name of the account'),
  ],
  ['*.automountServiceAccountToken', ignored('there is no token; tasks have credentials of their role')],
  ['WorkflowSpec.imagePullSecrets', ignored('images are pulled with the role that ECS pulls with')],
  ['*.hostAliases core.HostAlias.*', ignored('names resolve through the DNS of the VPC')],
  ['*.dnsPolicy *.dnsConfig core.PodDNSConfig*.*', ignored('names resolve through the DNS of the VPC')],
  ['WorkflowSpec.hostNetwork', ignored('each task has a network interface of its own')],
  [
    'WorkflowSpec.securityContext Template.securityContext core.PodSecurityContext.* core.Sysctl.*',
    ignored('it concerns the pod; set runAsUser on the container'),
  ],

  // What runs elsewhere.
  [
    'WorkflowSpec.executorPlugins ExecutorPlugin*.*',
    refused(
      "plugins are programs inside the controller's pods",
      'call the service with an http template, or run it in a container',
    ),
  ],
  [
    'Template.plugin',
    refused(
      "plugins are programs inside the controller's pods",
      'call the service with an http template, or run it in a container',
    ),
  ],
  [
    '*.plugin PluginArtifact.*',
    refused(
      "artifact plugins are programs inside the controller's pods",
      'use s3, or fetch it in a container',
    ),
  ],
  [
    'Template.resource ResourceTemplate.* ManifestFrom.*',
    refused(
      'a resource template acts on the API of a Kubernetes cluster, which this runtime has none of',
      'call the service from a container or script, or call a Workflow as a template',
    ),
  ],
  [
    'ValueFrom.jsonPath ValueFrom.jqFilter',
    refused(
      'it reads what a resource template got from a Kubernetes cluster, which this runtime has none of',
      'write the value to a file and use valueFrom.path',
    ),
  ],

  // Stores of artifacts.
  [
    '*.hdfs *.oss *.azure *.gcs',
    mapped(
      'the same key in the bucket of the stack',
      'Files are kept there, and what lies in the store itself is not seen.',
    ),
  ],
  [
    'HDFSArtifact.* OSSArtifact.* OSSLifecycleRule.* AzureArtifact.* GCSArtifact.*',
    mapped('the same key in the bucket of the stack'),
  ],
  [
    'S3Artifact.createBucketIfNotPresent CreateS3BucketOptions.*',
    ignored('tasks may not make buckets; make it beforehand'),
  ],
  ['S3Artifact.caSecret', ignored('endpoints need a certificate that Node knows')],
  ['S3Artifact.addressingStyle', ignored('the SDK chooses it by the endpoint')],
  ['HTTPAuth.clientCert ClientCertAuth.*', ignored('requests go out without a client certificate')],
  ['HTTPArtifact.saveStreamViaFile', ignored('uploads always go through a file')],
  [
    '*.artifactGC ArtifactGC.* WorkflowLevelArtifactGC.*',
    ignored('artifacts stay until the lifecycle of the bucket removes them'),
  ],
  ['*.archiveLogs', mapped('a log of each container beside its artifacts, besides CloudWatch')],
  [
    '*.artifactRepositoryRef ArtifactRepositoryRef.*',
    mapped('the repository of that ConfigMap, else the bucket of the stack'),
  ],

  // Around the run.
  [
    'WorkflowSpec.metrics Template.metrics Metrics.* Prometheus.* Counter.* Gauge.* Histogram.* ' +
      'MetricLabel.*',
    ignored('no metrics are sent; those of Step Functions tell of runs'),
  ],
  [
    'WorkflowSpec.ttlStrategy TTLStrategy.*',
    ignored('runs stay until they are deleted or expire with the stack'),
  ],
  [
    '*.synchronization Synchronization.* Mutex.* SemaphoreRef.* SyncDatabaseRef.*',
    mapped('locks in the DynamoDB table'),
  ],
  ['Template.memoize Memoize.* Cache.*', mapped('entries in the DynamoDB table')],
  ['CronWorkflowSpec.*HistoryLimit', ignored('runs stay in the history of Step Functions')],
  ['CronWorkflowSpec.* StopStrategy.*', mapped('schedules of EventBridge Scheduler')],
  [
    'WorkflowEventBindingSpec.* Event.* Submit.* ValueFrom.event',
    ignored('no events are bound; start runs by uploading a file or by argosy submit'),
  ],
  ['ValueFrom.configMapKeyRef ConfigMap.*', mapped('a ConfigMap uploaded to the bucket')],
  ['Secret.* core.SecretKeySelector.* core.SecretEnvSource.*', mapped('AWS Secrets Manager')],

  // Volumes.
  [
    'WorkflowSpec.volumeClaimTemplates WorkflowSpec.volumeClaimGC VolumeClaimGC.* ' +
      'core.PersistentVolumeClaim.*',
    mapped('an EFS access point of the run'),
  ],
  [
    'core.PersistentVolumeClaimSpec.* core.PersistentVolumeClaimTemplate.* core.VolumeResourceRequirements.*',
    mapped('an EFS access point of the run'),
  ],
  ['core.TypedLocalObjectReference.* core.TypedObjectReference.*', ignored('a volume starts empty')],
  ['core.Volume.name', supported],
  ['core.Volume.emptyDir core.EmptyDirVolumeSource.*', mapped('a volume of the task')],
  [
    'core.Volume.persistentVolumeClaim core.PersistentVolumeClaimVolumeSource.*',
    mapped('an EFS access point of that name'),
  ],
  ['core.Volume.ephemeral core.EphemeralVolumeSource.*', mapped('a volume of the task')],
  [
    'core.Volume.secret core.SecretVolumeSource.* core.Volume.configMap core.ConfigMapVolumeSource.*',
    mapped('files that the init container writes'),
  ],
  [
    'core.Volume.projected core.ProjectedVolumeSource.* core.VolumeProjection.* core.*Projection.*',
    mapped('files that the init container writes'),
  ],
  ['core.Volume.downwardAPI core.DownwardAPIVolume*.*', mapped('files that the init container writes')],
  ['core.KeyToPath.*', mapped('files that the init container writes')],
  [
    'core.Volume.* core.*VolumeSource.*',
    refused(
      'this kind of volume cannot be mounted by a task',
      'use emptyDir, a persistentVolumeClaim, a secret or a configMap',
    ),
  ],
  [
    'core.VolumeDevice.* *.volumeDevices',
    refused('a task has no raw block devices', 'mount a volume instead'),
  ],
  ['core.VolumeMount.mountPropagation core.VolumeMount.recursiveReadOnly', ignored('mounts are private')],
  ['core.VolumeMount.* *.volumeMounts *.volumes *.mirrorVolumeMounts', supported],

  // Containers.
  ['*.resizePolicy core.ContainerResizePolicy.*', ignored('a task keeps its size')],
  [
    '*.restartPolicy *.restartPolicyRules core.ContainerRestartRule*.*',
    ignored('a container runs once; use retryStrategy'),
  ],
  ['*.livenessProbe *.startupProbe', ignored('a container runs until it ends or its deadline comes')],
  ['*.readinessProbe core.Probe.* core.GRPCAction.*', mapped('readiness of a daemon')],
  ['core.Lifecycle.stopSignal', ignored('containers are ended with TERM, then KILL')],
  [
    '*.lifecycle core.Lifecycle.* core.LifecycleHandler.* core.SleepAction.*',
    ignored('the container is started and stopped without hooks'),
  ],
  ['core.ExecAction.* core.HTTPGetAction.* core.TCPSocketAction.* core.HTTPHeader.*', supported],
  [
    '*.terminationMessagePath *.terminationMessagePolicy',
    ignored('the message comes from the exit code and the log'),
  ],
  ['*.imagePullPolicy', ignored('a task pulls its image when it starts')],
  ['*.stdin *.stdinOnce *.tty', ignored('a task has no terminal')],
  [
    'core.SecurityContext.privileged core.SecurityContext.procMount',
    refused('Fargate runs no privileged containers', 'build images with kaniko or buildah, or run it on EKS'),
  ],
  [
    'core.SecurityContext.runAsUser core.SecurityContext.runAsGroup ' +
      'core.SecurityContext.readOnlyRootFilesystem core.SecurityContext.capabilities core.Capabilities.*',
    mapped('the same of the container definition'),
  ],
  [
    'core.SecurityContext.* core.SELinuxOptions.* core.SeccompProfile.* core.AppArmorProfile.* ' +
      'core.WindowsSecurityContextOptions.*',
    ignored('tasks are isolated from each other by Fargate'),
  ],
  ['*.securityContext', mapped('the same of the container definition')],
  [
    'core.ContainerPort.hostPort core.ContainerPort.hostIP',
    ignored("ports are those of the task's own interface"),
  ],
  [
    'core.EnvVarSource.fileKeyRef core.FileKeySelector.*',
    refused('environment files cannot be read before the container starts', 'read the file in the command'),
  ],
  ['core.EnvVarSource.resourceFieldRef core.ResourceFieldSelector.*', mapped('the size of the task')],
  [
    'core.EnvVarSource.fieldRef core.ObjectFieldSelector.*',
    mapped('name, namespace, uid and ip of the node'),
  ],

  // The language itself.
  ['Workflow*.* ClusterWorkflowTemplate.* CronWorkflow.* WorkflowTemplateRef.*', supported],
  ['Template.* Inputs.* Outputs.* Arguments.* Parameter.* ValueFrom.* SuppliedValueFrom.*', supported],
  ['WorkflowStep.* DAGTask.* DAGTemplate.* Sequence.* ContinueOn.* TemplateRef.* LifecycleHook.*', supported],
  [
    'RetryStrategy.* Backoff.* ContainerSet*.* ContainerNode.* ScriptTemplate.* UserContainer.* ' +
      'SuspendTemplate.*',
    supported,
  ],
  [
    'HTTP.* HTTPHeader*.* HTTPBodySource.* Data.* DataSource.* TransformationStep.* LabelValueFrom.*',
    supported,
  ],
  [
    'Artifact.* ArtifactPaths.* ArtifactLocation.* ArchiveStrategy.* TarStrategy.* NoneStrategy.* ' +
      'ZipStrategy.*',
    supported,
  ],
  [
    'S3Artifact.* S3EncryptionOptions.* GitArtifact.* RawArtifact.* HTTPArtifact.* HTTPAuth.* Header.*',
    supported,
  ],
  ['BasicAuth.* OAuth2*.* ArtifactoryArtifact.*', supported],
  ['core.Container.* core.ContainerPort.* core.ResourceRequirements.* core.Env*.*', supported],
  ['core.ConfigMapKeySelector.* core.ConfigMapEnvSource.* core.LocalObjectReference.*', supported],
];

/** Where a workflow runs: without a cluster, beside one (`resource` templates act on it), or as its pods. */
export type Place = 'fargate' | 'cluster' | 'eks';

const inPod = mapped("the same of the Job's pod");

/** What a cluster makes possible, whoever runs the containers. */
const clusterRows: typeof rows = [
  [
    'ResourceTemplate.setOwnerReference',
    ignored('no Workflow object in the cluster could own it; delete it in a later step or in onExit'),
  ],
  ['Template.resource ResourceTemplate.* ManifestFrom.*', mapped('the API of the EKS cluster')],
  ['ValueFrom.jsonPath ValueFrom.jqFilter', supported],
];

/** What is different where containers run as the pod of a Job. */
const podRows: typeof rows = [
  [
    'WorkflowSpec.volumeClaimTemplates WorkflowSpec.volumeClaimGC VolumeClaimGC.*',
    refused(
      'claims of a run are not made in the cluster',
      'use a persistentVolumeClaim that is there, or an ephemeral volume',
    ),
  ],
  [
    'RetryStrategy.affinity RetryAffinity.* RetryNodeAntiAffinity.*',
    ignored('hosts of attempts are not known'),
  ],
  [
    '*.affinity *.tolerations *.schedulerName *.podPriorityClassName *.priorityClassName *.nodeSelector ' +
      'core.Affinity.* core.NodeAffinity.* core.PodAffinity.* core.PodAntiAffinity.* core.NodeSelector*.* ' +
      'core.PodAffinityTerm.* core.WeightedPodAffinityTerm.* core.PreferredSchedulingTerm.* core.Toleration.*',
    inPod,
  ],
  ['*.podMetadata Template.metadata Template.annotations Metadata.*', inPod],
  ['*.podResources *.podSpecPatch *.resourceClaims core.PodResourceClaim.* core.ResourceClaim.*', inPod],
  ['core.ResourceRequirements.claims', inPod],
  [
    '*.serviceAccountName ExecutorConfig.* *.executor',
    mapped("the service account of the Job's pod, whose role is bound to it in the cluster"),
  ],
  ['*.automountServiceAccountToken WorkflowSpec.imagePullSecrets *.hostAliases core.HostAlias.*', inPod],
  ['*.dnsPolicy *.dnsConfig core.PodDNSConfig*.* WorkflowSpec.hostNetwork', inPod],
  [
    '*.securityContext core.SecurityContext.* core.Capabilities.* core.PodSecurityContext.* core.Sysctl.*',
    inPod,
  ],
  [
    'core.SELinuxOptions.* core.SeccompProfile.* core.AppArmorProfile.* core.WindowsSecurityContextOptions.*',
    inPod,
  ],
  [
    '*.imagePullPolicy *.livenessProbe *.startupProbe *.stdin *.stdinOnce *.tty *.ports core.ContainerPort.*',
    inPod,
  ],
  ['*.lifecycle core.Lifecycle.* core.LifecycleHandler.* core.SleepAction.*', inPod],
  [
    'Secret.* core.SecretKeySelector.* core.SecretEnvSource.* core.Volume.secret core.SecretVolumeSource.*',
    mapped("Secrets of the Job's namespace; those of artifact stores stay in AWS Secrets Manager"),
  ],
  [
    'ConfigMap.* core.ConfigMapKeySelector.* core.ConfigMapEnvSource.* core.Volume.configMap ' +
      'core.ConfigMapVolumeSource.*',
    mapped("ConfigMaps of the Job's namespace"),
  ],
  ['core.Volume.* core.*VolumeSource.* core.VolumeProjection.* core.*Projection.* core.KeyToPath.*', inPod],
  ['core.DownwardAPIVolumeFile.* core.TypedLocalObjectReference.* core.TypedObjectReference.*', inPod],
  ['core.PersistentVolumeClaim*.* core.VolumeResourceRequirements.*', inPod],
  ['core.VolumeMount.mountPropagation core.VolumeMount.recursiveReadOnly', inPod],
  ['core.VolumeDevice.* *.volumeDevices', inPod],
  ['core.EnvVarSource.resourceFieldRef core.ResourceFieldSelector.*', inPod],
  ['core.EnvVarSource.fieldRef core.ObjectFieldSelector.*', inPod],
  ['LabelSelector.* LabelSelectorRequirement.*', inPod],
];

type FieldVerdicts = ReadonlyMap<string, Verdict | undefined>;
type VerdictsOf = (type: string) => FieldVerdicts;

const verdicts: Readonly<Record<Place, VerdictsOf>> = {
  fargate: createVerdicts([rows]),
  cluster: createVerdicts([clusterRows, rows]),
  eks: createVerdicts([clusterRows, podRows, rows]),
};

/** The first row that matches counts. Each type is looked for once: workflows name the same few again and again. */
function createVerdicts(tables: readonly (typeof rows)[]): VerdictsOf {
  let matchers: ReturnType<typeof matchersOf> | undefined;
  const known = new Map<string, FieldVerdicts>();
  const find = (path: string) => {
    matchers ??= matchersOf(tables.flat());
    return matchers.find(({ matches }) => matches(path))?.verdict;
  };
  return (type) => {
    const found = known.get(type);
    if (found !== undefined) return found;
    const fields = Object.hasOwn(schemaTypes, type) ? Object.keys(schemaTypes[type] ?? {}) : [];
    const made = new Map(fields.map((field) => [field, find(`${type}.${field}`)]));
    if (fields.length > 0) known.set(type, made);
    return made;
  };
}

function matchersOf(table: typeof rows) {
  return table.flatMap(([patterns, verdict]) =>
    patterns.split(' ').map((pattern) => ({ matches: matcherOf(pattern), verdict })),
  );
}

function matcherOf(pattern: string): (path: string) => boolean {
  if (!pattern.includes('*')) return (path) => path === pattern;
  const source = pattern.split('*').map((part) => part.replaceAll('.', '\\.'));
  const expression = new RegExp(`^${source.join('.*')}$`);
  return (path) => expression.test(path);
}

/** The verdict of each field of a type, such as `Template`; none when the schema has no such type. */
export function fieldVerdicts(type: string, place: Place = 'fargate'): FieldVerdicts {
  return verdicts[place](type);
}

/** The verdict of a field, such as `Template.nodeSelector`; undefined when the schema has no such field. */
export function verdictOf(path: string, place: Place = 'fargate'): Verdict | undefined {
  const dot = path.lastIndexOf('.');
  return fieldVerdicts(path.slice(0, dot), place).get(path.slice(dot + 1));
}

/** Every field of the schema, as `Type.field`, by their names. */
export function allFields(): readonly string[] {
  return Object.entries(schemaTypes).flatMap(([type, fields]) =>
    Object.keys(fields)
      .sort()
      .map((field) => `${type}.${field}`),
  );
}

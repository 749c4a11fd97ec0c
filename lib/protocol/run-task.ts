/** Arguments of `ecs:runTask.sync` as our machines write them, and the ECS task definition they name. */
import type { JsonObject } from './json.ts';

/*
 * The containers of a task definition. The task spec (task-spec.ts) carries what is known only at run time; the
 * definition is fixed per image and shape, so that it is registered once.
 *
 * | name                            | image            | essential | entryPoint             | command      |
 * |---------------------------------|------------------|-----------|------------------------|--------------|
 * | `init`                          | EXECUTOR_IMAGE   | false     | none                   | `["init"]`   |
 * | the user's init containers      | theirs           | false     | wrapperEntryPoint(name)| see below    |
 * | `main`, or a set's containers   | theirs           | false     | wrapperEntryPoint(name)| see below    |
 * | sidecars                        | theirs           | false     | wrapperEntryPoint(name)| see below    |
 * | `wait`                          | EXECUTOR_IMAGE   | true      | none                   | `["wait"]`   |
 *
 * - All but `init` depend on `init` with SUCCESS. The order among them is kept by the wrapper, from the task spec
 *   (init containers one after another, then main or the set by its dependencies, and sidecars beside it).
 * - The volume SHARED_VOLUME is mounted at SHARED_PATH in every container.
 * - The user's volumes are further volumes, named as in the template (claims with `efs`), mounted where the
 *   container mounts them. A mount with `subPath` is mounted at volumePath(name) instead; the wrapper links its
 *   mountPath. ConfigMap and secret volumes are also mounted at volumePath(name) in `init`, which fills them.
 * - `command` of a user's container is absent where the task spec names a command. Where it does not, it is the
 *   image's own: `[N, ...ENTRYPOINT (N words), ...CMD]`, put in by whoever registers the definition.
 * - Environment, arguments, script, working directory and artifacts stand in the task spec, never here.
 * - ContainerOverrides: `init` gets TASK_ENV and NODE_ENV, `wait` gets TASK_TOKEN_ENV; what `init` made of its order
 *   lies on the shared volume. STORE_ENV is added to both by whoever registers the definition.
 */

/** Environment names by which a container of ours learns its work. */
/** A TaskOrder (task-order.ts): what to prepare. */
export const TASK_ENV = 'ARGOSY_TASK';
export const TASK_TOKEN_ENV = 'ARGOSY_TASK_TOKEN';
export const NODE_ENV = 'ARGOSY_NODE';
/** Where the blob store lies: `s3://BUCKET/PREFIX` or `file:///DIR`. */
export const STORE_ENV = 'ARGOSY_STORE';

/** Stands for the executor's image in a compiled definition; replaced by the deployed or locally built one. */
export const EXECUTOR_IMAGE = 'argosy-executor';
export const INIT_CONTAINER = 'init';
export const WAIT_CONTAINER = 'wait';
export const SHARED_VOLUME = 'argosy';
export const SHARED_PATH = '/argosy';

/** The wrapper, placed on the shared volume by `init`, runs the command of the container with this name. */
export function wrapperEntryPoint(container: string): readonly string[] {
  return [`${SHARED_PATH}/busybox`, 'sh', `${SHARED_PATH}/run.sh`, container];
}

export function volumePath(volume: string): string {
  return `/argosy-volumes/${volume}`;
}

export interface RunTaskArguments {
  readonly Cluster: string;
  readonly TaskDefinition: string;
  readonly LaunchType?: string;
  readonly Overrides: {
    readonly ContainerOverrides: readonly {
      readonly Name: string;
      readonly Environment: readonly { readonly Name: string; readonly Value: string }[];
    }[];
  };
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[];
  readonly NetworkConfiguration?: JsonObject;
}

export interface ContainerDefinition {
  readonly name: string;
  readonly image: string;
  readonly essential: boolean;
  readonly entryPoint?: readonly string[];
  readonly command?: readonly string[];
  readonly dependsOn?: readonly {
    readonly containerName: string;
    readonly condition: 'START' | 'SUCCESS' | 'COMPLETE' | 'HEALTHY';
  }[];
  readonly mountPoints?: readonly {
    readonly sourceVolume: string;
    readonly containerPath: string;
    readonly readOnly?: boolean;
  }[];
  readonly environment?: readonly { readonly name: string; readonly value: string }[];
  readonly secrets?: readonly { readonly name: string; readonly valueFrom: string }[];
  readonly workingDirectory?: string;
  readonly user?: string;
  readonly privileged?: boolean;
  readonly readonlyRootFilesystem?: boolean;
  readonly linuxParameters?: { readonly initProcessEnabled: boolean };
}

/** The part of ECS RegisterTaskDefinition that our machines need; `family` is named by content hash. */
export interface TaskDefinition {
  readonly family: string;
  readonly containerDefinitions: readonly ContainerDefinition[];
  readonly volumes: readonly { readonly name: string; readonly efs?: { readonly claim: string } }[];
  readonly cpu: string;
  readonly memory: string;
  /** Why no Fargate task can hold it; elsewhere it may run all the same. */
  readonly unplaceable?: string;
  /** Without an architecture: that of the runtime. */
  readonly runtimePlatform?: { readonly cpuArchitecture?: string; readonly operatingSystemFamily: string };
}

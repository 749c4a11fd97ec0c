/** Arguments of `ecs:runTask.sync` as our machines write them, and the ECS task definition they name. */
import type { JsonObject } from './json.ts';

/** Environment names by which a container of ours learns its work. */
export const TASK_SPEC_ENV = 'ARGOSY_TASK'; // key of task.json in the blob store
export const TASK_TOKEN_ENV = 'ARGOSY_TASK_TOKEN';
export const NODE_ENV = 'ARGOSY_NODE';

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
  readonly dependsOn?: readonly { readonly containerName: string; readonly condition: 'START' | 'SUCCESS' | 'COMPLETE' | 'HEALTHY' }[];
  readonly mountPoints?: readonly { readonly sourceVolume: string; readonly containerPath: string; readonly readOnly?: boolean }[];
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
  readonly runtimePlatform?: { readonly cpuArchitecture: string; readonly operatingSystemFamily: string };
}

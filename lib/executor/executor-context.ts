/** What the executor's commands are given by whoever starts them in a container. */
import type { BlobStore } from '../protocol/blob-store.ts';
import type { TaskSpec } from '../protocol/task-spec.ts';
import type { ArtifactStores } from './artifact-stores.ts';
import type { ObjectLookup } from './objects.ts';
import type { Reporter } from './report.ts';

export interface ExecutorContext {
  readonly spec: TaskSpec;
  readonly blobs: BlobStore;
  readonly bucket?: ArtifactStores['bucket'];
  readonly lookup: ObjectLookup;
  /** The shared volume, as this container sees it. */
  readonly shared: string;
  /** Address under which the leaf is reached. */
  readonly ip: string;
  /** In a pod: what Kubernetes resolved for `init`, by the name of its variable. */
  readonly downward?: (variable: string) => string | undefined;
  /** Wrappers end with 0, and only `wait` tells how it went. @default false */
  readonly isCalm?: boolean;
  /** Answers the task token, where there is one. */
  readonly reporter?: Reporter;
  /** Containers that have ended without saying so, by name: killed together with their wrapper. */
  readonly endedContainers: () => Promise<
    Readonly<Record<string, { exitCode: number; outOfMemory: boolean }>>
  >;
}

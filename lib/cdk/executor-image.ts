/**
 * The image of the containers `init` and `wait`: a given one, or one that is built when the stack is
 * deployed.
 */
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { Construct } from 'constructs';
import type { Architecture } from './configuration.ts';
import { withExecutorImage } from './package-files.ts';

/** Synthesis only reads the folder; Docker is asked for at deployment, and never for a given image. */
export function executorImageUri(
  scope: Construct,
  given: string | undefined,
  architecture: Architecture,
): string {
  if (given !== undefined) return given;
  const platform = architecture === 'ARM64' ? Platform.LINUX_ARM64 : Platform.LINUX_AMD64;
  return withExecutorImage(
    (directory) => new DockerImageAsset(scope, 'ExecutorImage', { directory, platform }).imageUri,
  );
}

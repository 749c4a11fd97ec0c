/** Operating system and architecture: the part of `nodeSelector` that means something without a cluster. */
import type { TaskSpec } from '../../protocol/task-spec.ts';

const architectures: Readonly<Record<string, 'X86_64' | 'ARM64'>> = { amd64: 'X86_64', arm64: 'ARM64' };
const systems: Readonly<Record<string, 'linux' | 'windows'>> = { linux: 'linux', windows: 'windows' };

export function platformOf(nodeSelector: Readonly<Record<string, string>>): TaskSpec['platform'] {
  const label = (name: string) =>
    nodeSelector[`kubernetes.io/${name}`] ?? nodeSelector[`beta.kubernetes.io/${name}`];
  const architecture = architectures[label('arch') ?? ''];
  const os = systems[label('os') ?? ''];
  if (!architecture && !os) return undefined;
  return { ...(architecture && { architecture }), ...(os && { os }) };
}

/** An input artifact as text, for whoever has no container to put it in. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InputArtifact } from '../protocol/task-spec.ts';
import { type LoadContext, loadArtifact } from './load-artifact.ts';

/** Empty for an optional one that is not there. */
export async function artifactText(artifact: InputArtifact, context: LoadContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'argosy-artifact-'));
  try {
    const file = join(folder, 'artifact');
    return (await loadArtifact(artifact, file, context)) ? await readFile(file, 'utf8') : '';
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What an earlier attempt at a run here leaves to the next one. */
import { withOutputs } from '../../handlers/outputs.ts';
import { type Earlier, earlierOf, repeatedOf } from '../../status/earlier.ts';
import type { Facts } from '../../status/read-facts.ts';
import { type RetryWish, retryNodes } from '../../status/retry-nodes.ts';
import { factsOf } from '../../status/status.ts';
import type { WorkflowObject } from '../../status/workflow-object.ts';
import { folderStore } from '../../store/folder-store.ts';
import { CliError } from '../exit-code.ts';
import { type RunFiles, readEarlier } from './folder.ts';
import { readHistory } from './history-file.ts';

/** Of a run that is tried again. */
export async function leftOf(files: RunFiles, workflow: WorkflowObject, wish: RetryWish): Promise<Earlier> {
  const nodes = retryNodes(workflow, wish);
  if (!nodes.ok) throw new CliError(nodes.error);
  return earlierOf(await factsIn(files), workflow, nodes.kept);
}

/** Of a run that is repeated under another name. */
export async function repeatedFrom(
  files: RunFiles,
  workflow: WorkflowObject,
  name: string,
): Promise<Earlier> {
  const { phase } = workflow.status;
  if (phase !== 'Failed' && phase !== 'Error')
    throw new CliError(`workflow must be Failed/Error to resubmit in memoized mode, it is ${phase}`);
  const facts = await factsIn(files);
  const blobs = folderStore(files.store);
  for (const fact of facts.values()) if (fact.outcome) fact.outcome = await withOutputs(fact.outcome, blobs);
  return repeatedOf(facts, workflow, name);
}

async function factsIn(files: RunFiles): Promise<Facts> {
  const { own, children } = await readHistory(files.history);
  const earlier = await readEarlier(files);
  return factsOf(own, { childHistory: (arn) => children.get(arn), ...(earlier && { earlier }) });
}

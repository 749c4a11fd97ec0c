/** Runs workflow text on a real engine and clock, and keeps all that is told about the run. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { readPlainYaml } from '../../lib/compiler/1-parse/plain-yaml.ts';
import type { Compiled } from '../../lib/compiler/compile.ts';
import type { Engine, LogLine } from '../../lib/engines/engine.ts';
import { runContextOf } from '../../lib/local/run-context.ts';
import { startLocalRun } from '../../lib/local/run-local.ts';
import { realClock } from '../../lib/runtime/index.ts';
import type { RunStatus } from '../../lib/status/status.ts';
import { folderStore } from '../../lib/store/folder-store.ts';
import { compileText } from './simulated-run.ts';

export interface RealRun {
  readonly status: RunStatus;
  readonly events: readonly HistoryEvent[];
  readonly logs: readonly LogLine[];
  readonly compiled: Compiled;
}

export async function runForReal(
  text: string,
  engine: Engine,
  folder: string,
  secrets: Readonly<Record<string, string>> = {},
): Promise<RealRun> {
  const { compiled, workflow } = compileText(text);
  const { value } = workflow.document;
  const events: HistoryEvent[] = [];
  const logs: LogLine[] = [];
  const { status } = await startLocalRun({
    compiled,
    run: runContextOf({
      name: value.metadata.name ?? 'wf',
      namespace: 'default',
      uid: '00000000-0000-4000-8000-000000000000',
      now: Date.now(),
      metadata: {},
      spec: workflow.spec,
      arguments: workflow.arguments,
      parameters: {},
    }),
    prefix: 'argosy-',
    clock: realClock(),
    engine,
    blobs: folderStore(mkdtempSync(join(folder, 'store-'))),
    objects: async (kind) => (kind === 'secret' ? secrets : undefined),
    claims: mkdtempSync(join(folder, 'claims-')),
    readYaml: readPlainYaml,
    onEvent: (event) => void events.push(event),
    onLog: (line) => void logs.push(line),
  }).result;
  return { status, events, logs, compiled };
}

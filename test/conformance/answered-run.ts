/** Runs a recorded case where nothing is run: leaves answer what they answered there, so that it takes the same way. */
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { readPlainYaml } from '../../lib/compiler/1-parse/plain-yaml.ts';
import { createMockEngine, type MockAnswer, type MockRule } from '../../lib/engines/mock-engine.ts';
import { runContextOf } from '../../lib/local/run-context.ts';
import { startLocalRun } from '../../lib/local/run-local.ts';
import { virtualClock } from '../../lib/runtime/index.ts';
import { memoryStore } from '../../lib/store/memory-store.ts';
import type { ExpectedNode } from './argo-case.ts';
import type { PreparedCase, RunCase } from './recorded-runs.ts';

const START = Date.UTC(2030, 0, 1);

export interface AnsweredRun {
  readonly events: readonly HistoryEvent[];
  /** Those of child executions, by their ARN. */
  readonly children: ReadonlyMap<string, readonly HistoryEvent[]>;
}

export async function runAnswered(one: RunCase, prepared: PreparedCase): Promise<AnsweredRun> {
  const clock = virtualClock(START);
  const children = new Map<string, HistoryEvent[]>();
  const rules = (one.expected.nodes ?? []).flatMap((node): MockRule[] =>
    node.type === 'Pod' ? [{ node: node.name.replaceAll('*', '?'), answers: [answerOf(node)] }] : [],
  );
  const run = startLocalRun({
    compiled: prepared.compiled,
    run: runContextOf({
      ...prepared.start,
      uid: '00000000-0000-4000-8000-000000000000',
      now: START,
      parameters: {},
    }),
    prefix: 'argosy-',
    clock,
    engine: createMockEngine({ rules, sleep: clock.sleep }),
    blobs: memoryStore(),
    objects: async (kind, name) => prepared.objects.get(`${kind}/${name}`),
    claims: '/nonexistent',
    readYaml: readPlainYaml,
    resumeAtOnce: true,
    onChildEvent: (arn, event) => {
      const known = children.get(arn);
      if (known === undefined) children.set(arn, [event]);
      else known.push(event);
    },
  });
  const { execution } = await run.result;
  return { events: execution.events, children };
}

function answerOf(node: ExpectedNode): MockAnswer {
  const phase = node.phase === 'Failed' || node.phase === 'Error' ? node.phase : 'Succeeded';
  return {
    phase,
    ...(node.result === undefined ? {} : { result: node.result }),
    ...(node.exitCode === undefined ? {} : { exitCode: Number(node.exitCode) }),
    ...(node.outputs === undefined ? {} : { parameters: node.outputs }),
  };
}

/** Runs a prepared workflow to its end, kept under `.argosy/`, shown while it goes on, reachable by other commands. */

import { readYamlValue } from '../../compiler/1-parse/plain-value.ts';
import type { Engine, LogLine } from '../../engines/engine.ts';
import type { Result } from '../../evaluate/leaf/result.ts';
import type { Cluster } from '../../handlers/world.ts';
import type { Prepared } from '../../local/prepare.ts';
import { type LocalRun, startLocalRun } from '../../local/run-local.ts';
import type { JsonObject } from '../../protocol/json.ts';
import type { Clock } from '../../runtime/index.ts';
import type { Earlier } from '../../status/earlier.ts';
import { matchesSelector } from '../../status/node-selector.ts';
import type { RunStatus } from '../../status/status.ts';
import { type SetNode, withSuspensions } from '../../status/with-suspensions.ts';
import {
  specUnder,
  type WorkflowIdentity,
  type WorkflowObject,
  workflowObject,
} from '../../status/workflow-object.ts';
import { folderStore } from '../../store/folder-store.ts';
import { memoryStore } from '../../store/memory-store.ts';
import { EXIT } from '../exit-code.ts';
import { liveView } from '../render/live.ts';
import { type Output, showWorkflow } from '../render/workflow.ts';
import type { Terminal } from '../terminal.ts';
import { type ControlAnswer, type ControlHandler, serveControl } from './control.ts';
import { beginRun, type RunFiles, type RunRecord, writeJson } from './folder.ts';
import { lineWriter } from './history-file.ts';
import { logPrinter } from './logs.ts';

export const PREFIX = 'argosy-';

export interface Execution {
  readonly prepared: Prepared;
  readonly record: RunRecord;
  readonly files: RunFiles;
  readonly engine: Engine;
  readonly clock: Clock;
  /** Nothing is run: no time passes, and files are kept in memory. */
  readonly isMock: boolean;
  readonly output: Output;
  readonly log: boolean;
  readonly cluster?: Cluster;
  /** Artifacts and volumes of the attempt before stay where they are. */
  readonly isAgain: boolean;
  readonly earlier?: Earlier;
  /** Of the run that this one repeats, whose artifacts it may read. */
  readonly artifactsOf?: RunFiles;
}

export function identityOf(record: RunRecord, prepared: Prepared): WorkflowIdentity {
  const { run } = record;
  return {
    name: run.name,
    ...(record.generateName === undefined ? {} : { generateName: record.generateName }),
    namespace: run.namespace,
    uid: run.uid,
    creationTimestamp: run.creationTimestamp,
    labels: {
      ...run.labels,
      ...(record.resubmitted === undefined
        ? {}
        : { 'workflows.argoproj.io/resubmitted-from-workflow': record.resubmitted }),
    },
    annotations: run.annotations,
    spec: { ...prepared.document.value.spec } as unknown as JsonObject,
  };
}

/** Answers the exit code. */
export async function execute(execution: Execution, terminal: Terminal): Promise<number> {
  const { prepared, record, files, engine, clock } = execution;
  await beginRun(files, record, execution);
  const history = lineWriter(files.history);
  const logs = lineWriter(files.logs);
  const identity = identityOf(record, prepared);
  const object = (status: RunStatus) => {
    const spec = specUnder(identity.spec, local.control.orders());
    return workflowObject({ ...identity, spec }, status);
  };
  const view = liveView(terminal.err, {
    workflow: () => object(local.status()),
    now: () => clock.now(),
    quiet: execution.log && terminal.err.isTty,
  });
  const printLog = execution.log ? logPrinter(logStream(execution, terminal), { pod: true }) : undefined;
  const onLog = (line: LogLine) => {
    const stamped = { time: new Date(clock.now()).toISOString(), ...line };
    logs.write(stamped);
    printLog?.(stamped);
  };
  const local = startLocalRun({
    compiled: prepared.compiled,
    run: record.run,
    prefix: PREFIX,
    clock,
    engine,
    blobs: execution.isMock ? memoryStore() : folderStore(files.store),
    resumeAtOnce: execution.isMock,
    objects: prepared.objects,
    claims: files.claims,
    readYaml: readYamlValue,
    onEvent: (event) => {
      history.write({ event });
      view.touch();
    },
    onChildEvent: (executionArn, event) => {
      history.write({ execution: executionArn, event });
      view.touch();
    },
    onLog,
    ...(execution.cluster === undefined ? {} : { cluster: execution.cluster }),
    ...(execution.earlier === undefined ? {} : { earlier: execution.earlier }),
  });
  const control = await serveControl(files.folder, controlOf(local, object));
  const interrupts = listen(local, terminal, view.say);
  const { status } = await local.result;
  interrupts.release();
  await engine.close();
  view.end();
  const workflow = object(status);
  await Promise.all([history.close(), logs.close()]);
  await writeJson(files.result, workflow);
  await control.close();
  terminal.out.write(showWorkflow(workflow, terminal.out, { output: execution.output, now: clock.now() }));
  if (interrupts.count() > 0) return EXIT.interrupted;
  return status.phase === 'Succeeded' ? EXIT.ok : EXIT.failed;
}

/** Data goes to standard output alone. */
function logStream({ output }: Execution, terminal: Terminal) {
  return output === 'json' || output === 'yaml' || output === 'name' ? terminal.err : terminal.out;
}

/** The first Ctrl-C stops the run, and its exit handlers still run; the second ends it at once. */
function listen(local: LocalRun, terminal: Terminal, say: (text: string) => void) {
  let count = 0;
  const release = terminal.onInterrupt(() => {
    count += 1;
    if (count === 1) {
      say('stopping: exit handlers still run; press Ctrl-C again to end at once');
      void local.control.stop();
    } else local.control.terminate();
  });
  return { release, count: () => count };
}

type ObjectOf = (status: RunStatus) => WorkflowObject;

function controlOf(local: LocalRun, object: ObjectOf): ControlHandler {
  const { control } = local;
  const shown = async () => {
    const set = (await control.suspended()).map((one) => one.task as unknown as SetNode);
    return object(withSuspensions(local.status(), set));
  };
  const chooser = async (selector: string) => {
    const nodes = Object.values((await shown()).status.nodes);
    const meant = new Set(nodes.filter((node) => matchesSelector(node, selector)).map(({ name }) => name));
    return (node: string) => meant.has(node);
  };
  return async (request) => {
    switch (request.verb) {
      case 'status':
        return { workflow: await shown() };
      case 'wait':
        return { workflow: object((await local.result).status) };
      case 'suspend':
        control.suspend();
        return {};
      case 'stop':
        await control.stop();
        return {};
      case 'terminate':
        control.terminate();
        return {};
      case 'set':
        return answerOf(await control.set(await chooser(request.selector), request.values));
      case 'resume': {
        const { selector, outputs } = request;
        const matches = selector === undefined ? undefined : await chooser(selector);
        return answerOf(await control.resume(outputs, matches));
      }
    }
  };
}

function answerOf(done: Result<readonly string[]>): ControlAnswer {
  return done.ok ? { nodes: done.value } : { error: done.error };
}

/** The machines that are tried: those of every suite of recorded runs, each with what its runs were on our interpreter. */
import { printStateMachine } from '../../lib/asl/print.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { statesArn } from '../../lib/runtime/visit.ts';
import { runAnswered } from '../conformance/answered-run.ts';
import type { Expected, ExpectedNode } from '../conformance/argo-case.ts';
import { findSuites } from '../conformance/find-suites.ts';
import { casesOf, type PreparedCase, prepareCase, type RunCase } from '../conformance/recorded-runs.ts';
import { type Recording, recordingOf } from './record.ts';

export interface Candidate {
  /** `suite/case`. */
  readonly name: string;
  readonly run: RunCase;
}

export interface Prepared extends Candidate {
  readonly prepared: PreparedCase;
  readonly machine: StateMachine;
  /** Characters of the definition. */
  readonly size: number;
}

export function candidatesIn(folders: readonly string[]): readonly Candidate[] {
  return findSuites(folders)
    .filter(({ kind }) => kind === 'argo-runs')
    .flatMap(({ suite, path }) =>
      casesOf(path).map((run) => ({
        name: `${suite}/${run.name}`,
        run: { ...run, expected: { ...run.expected, nodes: nodesOf(run.expected) } },
      })),
    );
}

/** Our own cases keep nodes by name. */
function nodesOf({ nodes = [] }: Expected): readonly ExpectedNode[] {
  if (Array.isArray(nodes)) return nodes as readonly ExpectedNode[];
  return Object.entries(nodes).map(([name, node]) => ({ ...(node as Omit<ExpectedNode, 'name'>), name }));
}

/** None where the case does not compile. */
export function prepare(candidate: Candidate): readonly Prepared[] {
  const prepared = prepareCase(candidate.run);
  if ('refused' in prepared) return [];
  const { machine } = prepared.compiled;
  return [{ ...candidate, prepared, machine, size: printStateMachine(machine, 0).length }];
}

/** The run itself, then its child executions. */
export async function recordingsOf({ run, prepared, machine }: Prepared): Promise<readonly Recording[]> {
  const { events, children } = await runAnswered(run, prepared);
  const recorded = (name: string, told: typeof events) =>
    recordingOf(statesArn('execution', `local:${name}`), machine, told);
  const nested = [...children].map(([arn, told]) => recorded(arn.split(':').at(-1) ?? '', told));
  return [recorded(prepared.start.name, events), ...nested];
}

/** Compares `depends` and `dependencies` with what Argo's own code made of them. */
import { lint } from '../../../lib/compiler/2-analyze/lint.ts';
import type { ContinueOn } from '../../../lib/expression/depends/ast.ts';
import {
  type DependsNode,
  evaluateDepends,
  type NodePhase,
} from '../../../lib/expression/depends/evaluate.ts';
import { findBadResult, rewriteDepends } from '../../../lib/expression/depends/rewrite.ts';

interface VectorNode {
  readonly phase: NodePhase;
  readonly daemoned?: boolean;
  readonly children?: readonly string[];
}

interface DependsVector {
  readonly op: 'rewrite' | 'evaluate' | 'validate';
  readonly depends?: string;
  readonly dependenciesIn?: readonly string[];
  readonly continueOn?: Readonly<Record<string, ContinueOn>>;
  readonly logic?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly taskResultError?: string;
  readonly nodes?: Readonly<Record<string, VectorNode>>;
  readonly proceed?: boolean;
  readonly execute?: boolean;
  readonly tasks?: readonly object[];
  readonly valid?: boolean;
  readonly error?: string;
}

/** Every name is a task, save the one that the error calls missing. */
function rewritten(vector: DependsVector): ReturnType<typeof rewriteDepends> {
  const missing = /target (\S+) does not exist/.exec(vector.error ?? '')?.[1];
  const source = { depends: vector.depends, dependencies: vector.dependenciesIn };
  return rewriteDepends(source, (task) =>
    task === missing ? undefined : { continueOn: vector.continueOn?.[task] },
  );
}

function checkRewrite(vector: DependsVector): string | undefined {
  const got = rewritten(vector);
  if (vector.error !== undefined) return got.ok ? 'expected an error' : undefined;
  if (!got.ok) return got.error;
  if (got.logic !== vector.logic) return `expected ${vector.logic}, got ${got.logic}`;
  const names = (entries: Iterable<readonly [string, string]>): string => JSON.stringify([...entries].sort());
  const wanted = names(Object.entries(vector.dependencies ?? {}));
  if (names(got.dependencies) !== wanted) return `expected ${wanted}, got ${names(got.dependencies)}`;
  const bad = findBadResult(vector.depends ?? '')?.error;
  return bad === vector.taskResultError ? undefined : `expected ${vector.taskResultError}, got ${bad}`;
}

function nodeOf(node: VectorNode | undefined): DependsNode | undefined {
  if (!node) return undefined;
  const children = node.children?.map((phase) => (phase === 'missing' ? undefined : (phase as NodePhase)));
  return { phase: node.phase, daemoned: node.daemoned, children };
}

function checkEvaluate(vector: DependsVector): string | undefined {
  const logic = rewritten(vector);
  const got = logic.ok ? evaluateDepends(logic.logic, (task) => nodeOf(vector.nodes?.[task])) : logic;
  if (vector.error !== undefined) return got.ok ? 'expected an error' : undefined;
  if (!got.ok) return got.error;
  if (!('proceed' in got) || got.proceed !== vector.proceed) return `expected proceed ${vector.proceed}`;
  return !got.proceed || got.execute === vector.execute ? undefined : `expected execute ${vector.execute}`;
}

/** The DAG in a workflow of its own; every task calls the same script. */
function manifestOf(tasks: readonly object[]): string {
  const p = { name: 'p', default: 'd' };
  const o = { name: 'o', valueFrom: { path: '/tmp/o' } };
  const script = { image: 'python:3', command: ['python'], source: 'print(1)' };
  const leaf = { name: 'leaf', inputs: { parameters: [p] }, outputs: { parameters: [o] }, script };
  const main = { name: 'main', dag: { tasks: tasks.map((task) => ({ template: 'leaf', ...task })) } };
  const spec = { entrypoint: 'main', templates: [main, leaf] };
  const head = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'dag' } };
  return JSON.stringify({ ...head, spec });
}

function checkValidate({ tasks = [], error }: DependsVector): string | undefined {
  const result = lint([{ path: 'dag.json', text: manifestOf(tasks) }]);
  if (result.valid === (error === undefined)) return undefined;
  const found = result.diagnostics.map(({ message }) => message).join(' · ');
  return `expected ${error ?? 'no error'}, got ${found || 'none'}`;
}

/** Undefined where the vector passes, else why not. */
export function check(vector: unknown): string | undefined {
  const depends = vector as DependsVector;
  switch (depends.op) {
    case 'rewrite':
      return checkRewrite(depends);
    case 'evaluate':
      return checkEvaluate(depends);
    case 'validate':
      return checkValidate(depends);
  }
}

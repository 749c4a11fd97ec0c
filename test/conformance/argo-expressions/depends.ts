/** Compares `depends` and `dependencies` with what Argo's own code made of them. */
import type { ContinueOn } from '../../../lib/expression/depends/ast.ts';
import {
  type DependsNode,
  evaluateDepends,
  type NodePhase,
} from '../../../lib/expression/depends/evaluate.ts';
import { findBadResult, rewriteDepends } from '../../../lib/expression/depends/rewrite.ts';
import { type DependsTask, validateDependsDag } from '../../../lib/expression/depends/validate.ts';

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
  readonly tasks?: readonly VectorTask[];
  readonly valid?: boolean;
  readonly error?: string;
}

interface VectorTask {
  readonly name: string;
  readonly depends?: string;
  readonly dependencies?: readonly string[];
  readonly continueOn?: ContinueOn;
  readonly withItems?: readonly unknown[];
  readonly withParam?: string;
  readonly withSequence?: object;
  readonly arguments?: { readonly parameters?: readonly { readonly name: string; readonly value: string }[] };
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

function taskOf(task: VectorTask): DependsTask {
  const { name, depends, dependencies, continueOn } = task;
  const isLoop =
    (task.withItems?.length ?? 0) > 0 || Boolean(task.withParam) || task.withSequence !== undefined;
  const parameters = task.arguments?.parameters ?? [];
  const values = parameters.map((given) => ({
    kind: 'parameter' as const,
    name: given.name,
    text: given.value,
  }));
  return { name, depends, dependencies, continueOn, isLoop, arguments: values };
}

function checkValidate(vector: DependsVector): string | undefined {
  const faults = validateDependsDag((vector.tasks ?? []).map(taskOf));
  const isRefused = faults.length > 0;
  if (isRefused === (vector.error !== undefined)) return undefined;
  return `expected ${vector.error ?? 'no error'}, got ${faults[0]?.message}`;
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

/** Compares the expansion of loops with what Argo's own code gave, through the evaluation that runs use. */
import type { Invocation } from '../../../lib/argo/invocation.ts';
import { lint } from '../../../lib/compiler/2-analyze/lint.ts';
import { expandMember } from '../../../lib/evaluate/iterate.ts';
import { scopeOf } from '../../../lib/evaluate/scope.ts';
import { plain } from '../../../lib/evaluate/text.ts';
import { evaluateWhen } from '../../../lib/expression/when/when.ts';

interface Expanded {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly when?: string;
  readonly execute?: boolean;
  readonly whenError?: string;
}

interface Outcome {
  readonly result?: readonly Expanded[];
  readonly error?: string;
}

interface ItemsVector extends Outcome {
  readonly name: string;
  readonly arguments: readonly string[];
  readonly withItems?: string;
  readonly withParam?: string;
  readonly withSequence?: string;
  readonly when?: string;
  readonly scope?: Readonly<Record<string, string | null>>;
  /** The outcome in steps, where it is another. */
  readonly steps?: Outcome;
  readonly panic?: boolean;
}

function memberOf(vector: ItemsVector): Invocation {
  const parameters = vector.arguments.map((value, index) => ({ name: `p${index}`, value }));
  return {
    name: vector.name,
    template: 'leaf',
    arguments: { parameters },
    ...(vector.withItems !== undefined && { withItems: JSON.parse(vector.withItems) }),
    ...(vector.withParam !== undefined && { withParam: vector.withParam }),
    ...(vector.withSequence !== undefined && { withSequence: JSON.parse(vector.withSequence) }),
    ...(vector.when !== undefined && { when: vector.when }),
  };
}

function expandIn(kind: 'steps' | 'tasks', vector: ItemsVector): Outcome {
  const expanded = expandMember(memberOf(vector), kind, scopeOf(vector.scope ?? {}));
  if (!expanded.ok) return { error: expanded.error };
  const result = expanded.iterations.map(({ iteration, member }): Expanded => {
    const written = plain<Invocation>(member);
    const values = (written.arguments?.parameters ?? []).map(({ value }) => String(value));
    const base = { name: iteration.name, arguments: values };
    if (written.when === undefined) return base;
    const verdict = evaluateWhen(written.when);
    const answer = verdict.ok ? { execute: verdict.value } : { whenError: verdict.error };
    return { ...base, when: written.when, ...answer };
  });
  return { result };
}

/** Argo panics on names that its validation refuses. */
function isRefused(vector: ItemsVector): boolean {
  const leaf = { name: 'leaf', container: { image: 'alpine' } };
  const main = { name: 'main', steps: [[{ name: vector.name, template: 'leaf', withItems: ['x'] }]] };
  const head = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'loop' } };
  const text = JSON.stringify({ ...head, spec: { entrypoint: 'main', templates: [main, leaf] } });
  return !lint([{ path: 'loop.json', text }]).valid;
}

function withoutErrorText(one: Expanded): object {
  const { name, arguments: values, when, execute, whenError } = one;
  return { name, values, when, execute, fails: whenError !== undefined };
}

function compare(got: Outcome, wanted: Outcome, where: string): string | undefined {
  if (wanted.error !== undefined) {
    return got.error === undefined ? `${where}: expected the error ${wanted.error}` : undefined;
  }
  if (got.error !== undefined) return `${where}: unexpected error ${got.error}`;
  const [found, expected] = [got, wanted].map(({ result = [] }) =>
    JSON.stringify(result.map(withoutErrorText)),
  );
  return found === expected ? undefined : `${where}: expected ${expected}, got ${found}`;
}

/** Undefined where the vector passes, else why not. */
export function check(vector: unknown): string | undefined {
  const one = vector as ItemsVector;
  if (one.panic) return isRefused(one) ? undefined : `the name ${one.name} is accepted`;
  return (
    compare(expandIn('tasks', one), one, 'task') ?? compare(expandIn('steps', one), one.steps ?? one, 'step')
  );
}

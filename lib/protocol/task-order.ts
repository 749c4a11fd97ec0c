/** What the container `init` is told to prepare: a task spec that lies ready, or the template that one is made of. */
import type { JsonObject } from './json.ts';
import type { RunTaskArguments } from './run-task.ts';
import { NODE_ENV, TASK_ENV } from './run-task.ts';

/**
 * A leaf that no function had to look at before: `init` makes its spec itself, of the template in the bundle of the
 * machine. It holds what a StageRequest holds (lib/evaluate/requests.ts), but of the run only what is always short.
 */
export interface Unstaged extends JsonObject {
  /** Id of the bundle; see bundleKey. */
  readonly machine: string;
  readonly template: string;
  readonly node: string;
  readonly run: JsonObject & { readonly name: string; readonly uid: string };
}

export type TaskOrder =
  | { readonly kind: 'spec'; readonly key: string }
  | { readonly kind: 'template'; readonly request: Unstaged };

/** Reads the text of TASK_ENV. */
export function readTaskOrder(text: string): TaskOrder {
  return text.startsWith('{')
    ? { kind: 'template', request: JSON.parse(text) as Unstaged }
    : { kind: 'spec', key: text };
}

export interface OrderedTask {
  readonly node: string;
  readonly order: TaskOrder | undefined;
}

/** What a runTask request is about. */
export function orderedTask(given: Pick<RunTaskArguments, 'Overrides'>): OrderedTask {
  const variables = new Map(
    given.Overrides.ContainerOverrides.flatMap((one) =>
      one.Environment.map(({ Name, Value }) => [Name, Value] as const),
    ),
  );
  const order = variables.get(TASK_ENV);
  return {
    node: variables.get(NODE_ENV) ?? '',
    order: order === undefined ? undefined : readTaskOrder(order),
  };
}

/** The uid of the run that a task belongs to, which is part of the key of its spec. */
export function runOfOrder(order: TaskOrder): string | undefined {
  return order.kind === 'template' ? order.request.run.uid : /^runs\/([^/]+)\//.exec(order.key)?.[1];
}

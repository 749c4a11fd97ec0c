/** Runs a definition under a virtual clock with tasks from a table. */

import type { JsonObject, JsonValue } from '../../lib/asl/json.ts';
import {
  createTokens,
  type ExecutionResult,
  type HistoryEvent,
  loadMachine,
  type RunOptions,
  runExecution,
  type TaskRequest,
  type TokenRegistry,
  type VirtualClock,
  virtualClock,
} from '../../lib/runtime/index.ts';

export interface World {
  readonly clock: VirtualClock;
  readonly tokens: TokenRegistry;
}

export type Handler = (request: TaskRequest, world: World) => Promise<JsonValue>;

export const ECHO: Handler = async (request) => request.arguments;

export async function runMachine(
  definition: JsonObject,
  input: JsonValue = {},
  handler: Handler = ECHO,
  more: Partial<RunOptions> = {},
): Promise<ExecutionResult & { readonly elapsed: number }> {
  const loaded = loadMachine({ QueryLanguage: 'JSONata', ...definition });
  if (!loaded.ok)
    throw new Error(loaded.findings.map((finding) => `${finding.message} at ${finding.path}`).join('\n'));
  const world: World = { clock: virtualClock(0), tokens: createTokens() };
  const tasks = { run: (request: TaskRequest) => handler(request, world) };
  const result = await runExecution(loaded.machine, { input, name: 'test', ...world, tasks, ...more });
  return { ...result, elapsed: world.clock.now() };
}

/** A machine of the given states that starts with the first. */
export function machine(states: JsonObject, more: JsonObject = {}): JsonObject {
  return { StartAt: Object.keys(states)[0] ?? '', States: states, ...more };
}

export function typesOf(result: { readonly events: readonly HistoryEvent[] }): readonly string[] {
  return result.events.map((event) => event.type);
}

export const INVOKE = 'arn:aws:states:::lambda:invoke';

/** A task whose Payload the handler sees. */
export function invoke(payload: JsonValue, more: JsonObject = {}): JsonObject {
  const ending = 'Next' in more ? {} : { End: true };
  return {
    Type: 'Task',
    Resource: INVOKE,
    Arguments: { FunctionName: 'f', Payload: payload },
    ...ending,
    ...more,
  };
}

export function payloadOf(request: TaskRequest): JsonValue {
  return (request.arguments as JsonObject)['Payload'] ?? null;
}

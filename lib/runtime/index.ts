/** The interpreter of state machines: everything that engines, tests and the command line use of it. */

export type { HistoryEvent, HistoryEventType } from '../asl/history-event.ts';
export { type Clock, realClock, type VirtualClock, virtualClock } from './clock.ts';
export { runExecution } from './execution.ts';
export type { ChildExecution, ExecutionResult, ExecutionStatus, RunOptions } from './interface.ts';
export { type LoadResult, loadMachine } from './load.ts';
export type { ListedObject, ObjectReader } from './object-reader.ts';
export type { LoadedMachine } from './prepared.ts';
export { isTaskError, type TaskError, type TaskHost, type TaskRequest, taskError } from './task-host.ts';
export { createTokens, type TokenRegistry } from './tokens.ts';

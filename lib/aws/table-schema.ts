/** The one DynamoDB table: its keys, its index, its TTL attribute. */

export const PARTITION_KEY = 'pk';
export const SORT_KEY = 'sk';
/** Epoch seconds after which DynamoDB may delete a row. */
export const TTL_ATTRIBUTE = 'expires';

/** Rows of runs, newest last: the partition is always LISTED_RUNS; only such rows carry these attributes. */
export const RUN_INDEX = 'runs';
export const RUN_INDEX_PARTITION = 'listed';
export const RUN_INDEX_SORT = 'at';
export const LISTED_RUNS = 'run';

/*
 * | pk                 | sk           | what                                                             |
 * |--------------------|--------------|------------------------------------------------------------------|
 * | `run#<uid>`        | `run`        | a run: name, execution, machine, status, times (run-index.ts)    |
 * | `run#<uid>`        | `suspend#…`  | a suspended node (suspension-table.ts)                           |
 * | `run#<uid>`        | `holds#…`    | a lock space in which the run has claims (lock-table.ts)         |
 * | `name#<name>`      | `<uid>`      | runs by the name of their workflow                               |
 * | `execution#<arn>`  | `run`        | the run of an execution                                          |
 * | `gate#<key>`       | `gate`       | a gate: its value once released, and who waits (gate-table.ts)   |
 * | `locks`            | `lock#…`     | lines of locks (lock-table.ts)                                   |
 * | `memo#<cache>`     | `<key>`      | a memoized result (memo-table.ts)                                |
 * | `task#<family>`    | `definition` | a registered task definition (task-definitions.ts)               |
 * | `machine#<hash>`   | `machine`    | a created state machine                                          |
 * | `cron#<ns>/<name>` | `state`      | counts and times of a CronWorkflow (cron-state.ts)               |
 */

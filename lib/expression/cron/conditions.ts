/** The conditions of a CronWorkflow: `when`, and `stopStrategy.expression` (workflow/cron/operator.go). */
import { evalBool } from '../expr/expression.ts';
import { goJsonEncode } from '../go/json-encode.ts';
import { goBytes } from '../go/utf8.ts';
import { replaceRawText } from '../template/replace.ts';
import type { GoTime, GoValue } from '../values.ts';
import { evaluateCronWhen } from '../when/when.ts';

/** What the conditions may read of a CronWorkflow. */
export interface CronWorkflowView {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** How many of its workflows have failed and succeeded. */
  readonly failed: number;
  readonly succeeded: number;
  readonly lastScheduledTime?: Date | undefined;
}

export type CronCondition =
  | { readonly ok: true; readonly value: boolean }
  | { readonly ok: false; readonly error: string };

function stringMap(values: Readonly<Record<string, string>> | undefined): GoValue {
  return { kind: 'map', type: 'map[string]string', entries: values ? new Map(Object.entries(values)) : null };
}

/** JSON as a slice of bytes, which expressions show in base64. */
function jsonBytes(values: Readonly<Record<string, string>> | undefined): GoValue {
  const bytes = Array.from(goBytes(goJsonEncode(stringMap(values))), (byte): GoValue => {
    return { kind: 'int', type: 'uint8', value: BigInt(byte) };
  });
  return { kind: 'list', type: '[]uint8', items: bytes };
}

function timeOf(date: Date | undefined): GoTime | null {
  return date ? { kind: 'time', nanos: BigInt(date.getTime()) * 1_000_000n, zone: 'UTC' } : null;
}

function count(value: number): GoValue {
  return { kind: 'int', type: 'int64', value: BigInt(Math.trunc(value)) };
}

function variablesOf(cron: CronWorkflowView): ReadonlyMap<string, GoValue> {
  return new Map<string, GoValue>([
    ['name', cron.name],
    ['namespace', cron.namespace],
    ['labels', stringMap(cron.labels)],
    // Upstream gives the labels under this name too.
    ['annotations', stringMap(cron.labels)],
    ['failed', count(cron.failed)],
    ['succeeded', count(cron.succeeded)],
    ['annotations.json', jsonBytes(cron.annotations)],
    ['labels.json', jsonBytes(cron.labels)],
    ['lastScheduledTime', timeOf(cron.lastScheduledTime)],
  ]);
}

/** Whether a scheduled run may start; empty text: yes. */
export function evaluateCronWorkflowWhen(when: string, cron: CronWorkflowView): CronCondition {
  if (when === '') return { ok: true, value: true };
  const scope = new Map([...variablesOf(cron)].map(([name, value]) => [`cronworkflow.${name}`, value]));
  const replaced = replaceRawText(when, scope, 'all');
  return replaced.ok ? evaluateCronWhen(replaced.text) : { ok: false, error: replaced.error };
}

/** Whether the CronWorkflow has come to its end. Neither Argo's functions nor sprig are there. */
export function evaluateStopStrategy(expression: string, cron: CronWorkflowView): CronCondition {
  const fields: GoValue = { kind: 'map', type: 'map[string]interface {}', entries: variablesOf(cron) };
  const result = evalBool(expression, new Map([['cronworkflow', fields]]));
  if (result.ok) return result;
  return { ok: false, error: `failed to evaluate stop expression: ${result.error}` };
}

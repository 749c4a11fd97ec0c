/** Which machines are tried when not all are. */
import { createHash } from 'node:crypto';
import type { JsonValue } from '../../lib/asl/json.ts';
import { isExpression } from '../../lib/asl/jsonata.ts';
import { allStates } from '../../lib/asl/print.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';

const NESTED = new Set(['Comment', 'States', 'Branches', 'ItemProcessor']);

/** What is left of a state without its names and texts: its fields, and the build of its expressions. */
export function shapesOf(machine: StateMachine): readonly string[] {
  return [...allStates(machine)].map(([, state]) => JSON.stringify(shapeOf(state as unknown as JsonValue)));
}

function shapeOf(value: JsonValue): JsonValue {
  if (typeof value === 'string') return isExpression(value) ? buildOf(value) : '';
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.map(shapeOf);
  const members = Object.entries(value).filter(([key]) => !NESTED.has(key));
  // Fields of ASL begin with a capital letter; other keys are names of ours.
  return Object.fromEntries(members.map(([key, one]) => [/^[A-Z]/.test(key) ? key : 'key', shapeOf(one)]));
}

/** Words are kept where they are functions or members of `$states`; our own variables have underscores. */
function buildOf(expression: string): string {
  return expression
    .replace(/"(\\.|[^"\\])*"/g, '""')
    .replace(/\$?\w+/g, (word) => (/^\$[a-zA-Z]+$|^(and|or|in)$/.test(word) ? word : 'x'));
}

/** One machine of so many is drawn, always the same ones. */
const SHARE = 15;

export function isDrawn(name: string): boolean {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % SHARE === 0;
}

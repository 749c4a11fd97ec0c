/** What AWS asks of a machine and of its runs, and what a second validator says of it; each law that is broken is told. */
import { createRequire } from 'node:module';
import { checkStateMachine } from '../../lib/asl/check.ts';
import type { HistoryEvent } from '../../lib/asl/history-event.ts';
import { allStates, printStateMachine } from '../../lib/asl/print.ts';
import { QUOTAS } from '../../lib/asl/quotas.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';

/** Characters of a task's overrides (ECS, API RunTask: `overrides`). */
const LONGEST_OVERRIDES = 8_192;

export function brokenLaws(machine: StateMachine): readonly string[] {
  const { length } = printStateMachine(machine, 0);
  const long = [...allStates(machine)].filter(([name]) => name.length > QUOTAS.stateNameLength);
  return [
    ...checkStateMachine(machine).map((finding) => JSON.stringify(finding)),
    ...validatorFindings(machine),
    ...(length > QUOTAS.definitionSize ? [`the definition has ${length} characters`] : []),
    ...long.map(([name]) => `the name of state ${name} is too long`),
  ];
}

/** Of one execution. */
export function brokenRunLaws(events: readonly HistoryEvent[]): readonly string[] {
  const overrides = events.flatMap(({ taskScheduledEventDetails: details }) => {
    if (details?.resourceType !== 'ecs') return [];
    const { Overrides = {} } = JSON.parse(details.parameters) as { readonly Overrides?: object };
    return [JSON.stringify(Overrides).length];
  });
  const longest = Math.max(0, ...overrides);
  return [
    ...(events.length > QUOTAS.historyEvents ? [`the history has ${events.length} events`] : []),
    ...(longest > LONGEST_OVERRIDES ? [`the overrides of a task have ${longest} characters`] : []),
  ];
}

interface Validated {
  readonly isValid: boolean;
  readonly errorsText: () => string;
}

let validate: ((definition: unknown) => Validated) | undefined;

function validatorFindings(machine: StateMachine): readonly string[] {
  validate ??= loadValidator();
  const { isValid, errorsText } = validate(JSON.parse(JSON.stringify(machine, asKnown)));
  return isValid ? [] : [errorsText()];
}

interface Compiler {
  addKeyword: unknown;
}

/** It compiles its schemas for each machine, which takes most of a second; here they are compiled once. */
function loadValidator(): (definition: unknown) => Validated {
  const require = createRequire(import.meta.url);
  const own = createRequire(require.resolve('asl-validator'));
  const ajv = own('ajv') as { default: new (options: object) => Compiler };
  const Ajv = ajv.default;
  let compiler: Compiler | undefined;
  ajv.default = function Once(options: object) {
    // It adds its keywords each time, which must not be there before.
    if (compiler !== undefined) compiler.addKeyword = () => compiler;
    compiler ??= new Ajv(options);
    return compiler;
  } as unknown as typeof Ajv;
  return withParserOnce(own, () => require('asl-validator') as (definition: unknown) => Validated);
}

/** It parses a text for each schema that it tries on it, and machines have many texts in common; here each is parsed once. */
function withParserOnce<T>(own: NodeJS.Require, load: () => T): T {
  const parse = own('jsonata') as (text: string) => unknown;
  const module = own.cache[own.resolve('jsonata')];
  if (module === undefined) return load();
  const known = new Set<string>();
  module.exports = (text: string) => {
    if (!known.has(text)) parse(text);
    known.add(text);
  };
  try {
    return load();
  } finally {
    module.exports = parse;
  }
}

/**
 * AWS takes any JSON as Output, empty texts and such of several lines; asl-validator 4 does not (test/asl/check.test.ts).
 */
function asKnown(key: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(/[\n\r\u2028\u2029]|^$/g, ' ');
  return key === 'Output' && (value === null || Array.isArray(value)) ? {} : value;
}

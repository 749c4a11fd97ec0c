/**
 * Checks a definition as AWS does when a machine is created, and for mistakes that AWS lets pass. Linear in
 * its size.
 */

import type { ExpressionRules } from './check-expressions.ts';
import { checkFields, checkRequired, type Fields, isFields } from './check-fields.ts';
import { BLOCK_TABLES, checkState } from './check-states.ts';
import { at, type CheckPlace, type Finding, report } from './finding.ts';
import { createExpressionCache, type ExpressionCache } from './jsonata.ts';
import { QUOTAS } from './quotas.ts';

export { type Finding, type FindingCode, formatFinding } from './finding.ts';

/** What a block of states has of those around it. */
interface Surroundings {
  readonly cache: ExpressionCache;
  /** Names of states seen in the whole machine so far. */
  readonly names: Set<string>;
  readonly labels: Set<string>;
  /** Variables that outer blocks assign, innermost first. */
  readonly outer: readonly ReadonlySet<string>[];
  readonly language: unknown;
  readonly depth: number;
}

/** Far beyond what anybody writes; keeps hostile definitions from overflowing the stack. */
const DEEPEST_BLOCK = 200;

export function checkStateMachine(definition: unknown, cache = createExpressionCache()): readonly Finding[] {
  const findings: Finding[] = [];
  const place: CheckPlace = { path: '', state: undefined, findings };
  if (!isFields(definition)) {
    report(place, 'SCHEMA_VALIDATION_FAILED', 'The definition must be an object');
    return findings;
  }
  checkSize(place, definition);
  const language = definition['QueryLanguage'];
  const names = new Set<string>();
  const around: Surroundings = { cache, names, labels: new Set(), outer: [], language, depth: 0 };
  checkBlock(place, definition, 'machine', around);
  return findings;
}

export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}

function checkSize(place: CheckPlace, definition: Fields): void {
  let size: number;
  try {
    size = JSON.stringify(definition).length;
  } catch {
    report(place, 'SCHEMA_VALIDATION_FAILED', 'The definition is not JSON');
    return;
  }
  if (size > QUOTAS.definitionSize) {
    report(
      place,
      'DEFINITION_TOO_LARGE',
      `The definition has ${size} of at most ${QUOTAS.definitionSize} characters`,
    );
  }
}

function checkBlock(
  place: CheckPlace,
  block: Fields,
  kind: keyof typeof BLOCK_TABLES,
  around: Surroundings,
): void {
  const { States, StartAt } = block;
  const assigned = assignedIn(States);
  const scopes = [assigned, ...around.outer];
  const rules: ExpressionRules = {
    cache: around.cache,
    isAssigned: (variable) => scopes.some((scope) => scope.has(variable)),
  };
  checkRequired(place, block, ['StartAt', 'States']);
  checkFields(place, block, BLOCK_TABLES[kind], rules);
  if (!isFields(States)) {
    if (States !== undefined)
      report(at(place, 'States'), 'SCHEMA_VALIDATION_FAILED', 'Value is not an Object');
    return;
  }
  if (around.depth > DEEPEST_BLOCK) {
    report(place, 'SCHEMA_VALIDATION_FAILED', 'The states are nested too deeply');
    return;
  }
  const targets = new Map<string, readonly Target[]>();
  let ends = false;
  for (const [name, state] of Object.entries(States)) {
    const here: CheckPlace = { ...at(place, 'States', name), state: name };
    checkName(here, name, around);
    if (!isFields(state)) {
      report(here, 'SCHEMA_VALIDATION_FAILED', 'The state is not an Object');
      continue;
    }
    const language = checkLanguage(here, state, around);
    const known = checkState(here, state, rules);
    targets.set(name, targetsOf(state));
    ends ||= isEnd(state) || !known;
    checkShadowing(here, state, around.outer);
    checkInnerBlocks(here, state, { ...around, outer: scopes, language, depth: around.depth + 1 });
  }
  checkPaths(place, StartAt, targets, States);
  if (!ends) report(place, 'MISSING_END_STATE', 'Workflow has no terminal state');
}

function checkName(place: CheckPlace, name: string, around: Surroundings): void {
  if (name.length === 0 || name.length > QUOTAS.stateNameLength) {
    const message = `The name of a state must have 1 to ${QUOTAS.stateNameLength} characters`;
    report(place, 'SCHEMA_VALIDATION_FAILED', message);
  }
  if (around.names.has(name)) {
    report(
      place,
      'DUPLICATE_STATE_NAME',
      `The state name '${name}' is used more than once in the state machine`,
    );
  }
  around.names.add(name);
}

/** A state takes the language of what is around it, unless it names its own. */
function checkLanguage(place: CheckPlace, state: Fields, around: Surroundings): unknown {
  const own = state['QueryLanguage'];
  const language = own ?? around.language;
  if (language === 'JSONata') return language;
  const message =
    around.language === 'JSONata'
      ? "'QueryLanguage' cannot be 'JSONPath' in a state machine whose language is 'JSONata'"
      : 'JSONPath is not supported here: set QueryLanguage to JSONata';
  report(place, 'UNSUPPORTED_QUERY_LANGUAGE', message);
  return 'JSONata';
}

function checkInnerBlocks(place: CheckPlace, state: Fields, around: Surroundings): void {
  const { Type, Branches, ItemProcessor, Label } = state;
  if (Type === 'Parallel' && Branches !== undefined) {
    if (!Array.isArray(Branches) || Branches.length === 0) {
      report(at(place, 'Branches'), 'SCHEMA_VALIDATION_FAILED', 'Value must be an array of branches');
      return;
    }
    for (const [i, branch] of Branches.entries())
      innerBlock(at(place, 'Branches', i), branch, 'branch', around);
  }
  if (Type !== 'Map' || ItemProcessor === undefined) return;
  if (typeof Label === 'string') {
    if (around.labels.has(Label))
      report(at(place, 'Label'), 'SCHEMA_VALIDATION_FAILED', 'The Label is not unique');
    around.labels.add(Label);
  }
  const config = isFields(ItemProcessor) ? ItemProcessor['ProcessorConfig'] : undefined;
  // The children of a Distributed Map are executions of their own, which see no variables of their parent.
  const distributed = isFields(config) && config['Mode'] === 'DISTRIBUTED';
  innerBlock(
    at(place, 'ItemProcessor'),
    ItemProcessor,
    'processor',
    distributed ? { ...around, outer: [] } : around,
  );
}

function innerBlock(
  place: CheckPlace,
  block: unknown,
  kind: 'branch' | 'processor',
  around: Surroundings,
): void {
  if (isFields(block)) checkBlock(place, block, kind, around);
  else report(place, 'SCHEMA_VALIDATION_FAILED', 'Value is not an Object');
}

/** Every `Assign` of a state: its own, its rules' and its catchers'. */
function assignsOf(state: Fields): readonly Fields[] {
  const rules = [state['Choices'], state['Catch']].flatMap((list) => (Array.isArray(list) ? list : []));
  return [state, ...rules.filter(isFields)].map((from) => from['Assign']).filter(isFields);
}

function assignedIn(states: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  if (!isFields(states)) return names;
  for (const state of Object.values(states)) {
    if (!isFields(state)) continue;
    for (const assign of assignsOf(state)) for (const name of Object.keys(assign)) names.add(name);
  }
  return names;
}

function checkShadowing(place: CheckPlace, state: Fields, outer: readonly ReadonlySet<string>[]): void {
  for (const name of new Set(assignsOf(state).flatMap((assign) => Object.keys(assign)))) {
    if (outer.some((scope) => scope.has(name))) {
      report(place, 'INVALID_VARIABLE', `The variable '${name}' is assigned in an outer scope already`);
    }
  }
}

interface Target {
  readonly name: unknown;
  readonly keys: readonly (string | number)[];
}

function targetsOf(state: Fields): readonly Target[] {
  const found: Target[] = [];
  for (const field of ['Next', 'Default']) {
    if (Object.hasOwn(state, field)) found.push({ name: state[field], keys: [field] });
  }
  for (const field of ['Choices', 'Catch']) {
    const rules = state[field];
    if (!Array.isArray(rules)) continue;
    for (const [i, rule] of rules.entries()) {
      if (isFields(rule) && Object.hasOwn(rule, 'Next'))
        found.push({ name: rule['Next'], keys: [field, i, 'Next'] });
    }
  }
  return found;
}

function isEnd(state: Fields): boolean {
  return state['End'] === true || state['Type'] === 'Succeed' || state['Type'] === 'Fail';
}

/** Every transition leads to a state of this block, and every state can be reached from its start. */
function checkPaths(
  place: CheckPlace,
  start: unknown,
  targets: ReadonlyMap<string, readonly Target[]>,
  states: Fields,
): void {
  const exists = (name: unknown): name is string => typeof name === 'string' && Object.hasOwn(states, name);
  for (const [name, leads] of targets) {
    for (const target of leads) {
      if (typeof target.name !== 'string' || exists(target.name)) continue;
      const here: CheckPlace = { ...at(place, 'States', name, ...target.keys), state: name };
      report(here, 'MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${target.name}`);
    }
  }
  if (typeof start !== 'string') return;
  if (!exists(start)) {
    report(at(place, 'StartAt'), 'MISSING_TRANSITION_TARGET', `Missing 'Next' target: ${start}`);
    return;
  }
  const reached = new Set([start]);
  for (const name of reached) {
    for (const target of targets.get(name) ?? []) if (exists(target.name)) reached.add(target.name);
  }
  for (const name of Object.keys(states)) {
    if (reached.has(name)) continue;
    const here: CheckPlace = { ...at(place, 'States', name), state: name };
    report(here, 'MISSING_TRANSITION_TARGET', `State "${name}" is not reachable.`);
  }
}

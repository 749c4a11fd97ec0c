/** EventBridge's default bus: events, rules, and the matching of patterns. */
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { ACCOUNT, REGION } from './machines.ts';

export interface Rule {
  readonly name: string;
  readonly pattern: JsonObject;
  readonly target: (event: JsonObject) => Promise<void>;
}

export interface EventBus {
  readonly addRule: (rule: Rule) => void;
  readonly put: (source: string, type: string, detail: JsonObject, resources?: readonly string[]) => void;
  /** Delivers again what was delivered before, as EventBridge may. */
  readonly repeat: (matches: (event: JsonObject) => boolean) => number;
  /** Keeps events back until the answer is called, which delivers them in the order that it is told. */
  readonly hold: (matches: (event: JsonObject) => boolean) => (order?: Reorder) => readonly JsonObject[];
  /** Resolves when nothing is on its way. */
  readonly settled: () => Promise<void>;
  /** What targets threw. */
  readonly failures: readonly string[];
}

export type Reorder = (events: readonly JsonObject[]) => readonly JsonObject[];

interface Hold {
  readonly matches: (event: JsonObject) => boolean;
  readonly events: JsonObject[];
}

export function eventBus(): EventBus {
  const rules: Rule[] = [];
  const sent: JsonObject[] = [];
  const open = new Set<Promise<void>>();
  const holds = new Set<Hold>();
  const failures: string[] = [];
  let count = 0;
  const deliver = (event: JsonObject) => {
    for (const rule of rules) {
      if (!matchesPattern(rule.pattern, event)) continue;
      const delivery: Promise<void> = rule
        .target(event)
        .catch((error: unknown) => void failures.push(`${rule.name}: ${String(error)}`))
        .finally(() => open.delete(delivery));
      open.add(delivery);
    }
  };
  return {
    failures,
    addRule: (rule) => void rules.push(rule),
    put: (source, type, detail, resources = []) => {
      count += 1;
      const event: JsonObject = {
        version: '0',
        id: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
        'detail-type': type,
        source,
        account: ACCOUNT,
        time: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
        region: REGION,
        resources,
        detail,
      };
      sent.push(event);
      // Services do not wait for those who hear of their events.
      const held = [...holds].find(({ matches }) => matches(event));
      if (held === undefined) setImmediate(() => deliver(event));
      else held.events.push(event);
    },
    hold: (matches) => {
      const hold: Hold = { matches, events: [] };
      holds.add(hold);
      return (order = (events) => events) => {
        holds.delete(hold);
        const events = order(hold.events);
        for (const event of events) deliver(event);
        return events;
      };
    },
    repeat: (matches) => {
      const again = sent.filter(matches);
      for (const event of again) deliver(event);
      return again.length;
    },
    settled: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      while (open.size > 0) await Promise.all(open);
    },
  };
}

/** Every key of the pattern must match; a list matches when one of its entries does. */
export function matchesPattern(pattern: JsonObject, event: JsonValue | undefined): boolean {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return false;
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return (wanted as readonly JsonObject[]).some((one) => matchesPattern(one, event));
    const value = (event as JsonObject)[key];
    if (!Array.isArray(wanted)) return matchesPattern(wanted as JsonObject, value);
    const values: readonly (JsonValue | undefined)[] = Array.isArray(value) ? value : [value];
    return wanted.some((filter: JsonValue) => values.some((one) => matchesFilter(filter, one)));
  });
}

function matchesFilter(filter: JsonValue, value: JsonValue | undefined): boolean {
  if (typeof filter !== 'object' || filter === null) return value === filter;
  const rule = filter as JsonObject;
  if ('exists' in rule) return (value !== undefined) === rule['exists'];
  if ('anything-but' in rule) {
    const but = rule['anything-but'] ?? null;
    const list: readonly JsonValue[] = Array.isArray(but) ? but : [but];
    return value !== undefined && !list.some((one) => matchesFilter(one, value));
  }
  if (typeof value !== 'string') return false;
  if ('prefix' in rule) return value.startsWith(String(rule['prefix']));
  if ('suffix' in rule) return value.endsWith(String(rule['suffix']));
  if ('equals-ignore-case' in rule)
    return value.toLowerCase() === String(rule['equals-ignore-case']).toLowerCase();
  if ('wildcard' in rule) {
    const parts = String(rule['wildcard'])
      .split('*')
      .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`, 's').test(value);
  }
  throw new Error(`the box knows no pattern ${JSON.stringify(filter)}`);
}

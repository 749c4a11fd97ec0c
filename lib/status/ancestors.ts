/**
 * The nodes above a leaf that runs. The machine tells of a template's start with the end of its first state, and the
 * first state may be a leaf; but who called the leaf can be told from its name.
 */
import { type Invocation, invocationsOf } from '../argo/invocation.ts';
import type { Bundle, BundleTemplate } from '../evaluate/bundle.ts';
import { isLooped } from '../evaluate/loop.ts';
import type { Fact } from './node.ts';
import { type Facts, factOf } from './read-facts.ts';

/** What its name tells of a node. */
type Ancestor = Pick<Fact, 'name' | 'template' | 'loop' | 'attempt'>;

interface Above {
  readonly node: string;
  readonly templateOf: (id: string | undefined) => BundleTemplate | undefined;
  readonly memberOf: (template: BundleTemplate, name: string) => Invocation | undefined;
}

/** Adds what is missing above the nodes of a run that goes on, as if it had started with them. */
export function addAncestors(facts: Facts, bundle: Bundle, workflow: string): void {
  if (facts.get(workflow)?.outcome !== undefined) return;
  const lookups = lookupsOf(bundle);
  for (const { name, startedAt } of [...facts.values()]) {
    if (!name.startsWith(workflow)) continue;
    const root = { name: workflow, template: bundle.entrypoint };
    for (const ancestor of wayTo(root, { ...lookups, node: name }) ?? []) {
      const fact = factOf(facts, ancestor.name);
      if (startedAt !== undefined) fact.startedAt ??= startedAt;
      if (ancestor.template !== undefined) fact.template ??= ancestor.template;
      if (fact.name === name) continue;
      if (ancestor.loop) fact.loop = true;
      if (ancestor.attempt) fact.attempt = true;
    }
  }
}

/** Members by name are found once for each template. */
function lookupsOf({ templates }: Bundle): Omit<Above, 'node'> {
  const members = new Map<string, ReadonlyMap<string, Invocation>>();
  return {
    templateOf: (id) => (id === undefined ? undefined : templates[id]),
    memberOf: ({ id, template }, name) => {
      const known = members.get(id);
      if (known !== undefined) return known.get(name);
      const byName = new Map(invocationsOf(template).map((one) => [one.name ?? '', one]));
      members.set(id, byName);
      return byName.get(name);
    },
  };
}

/** From the outside in, with the node itself; undefined where it is not below this one. */
function wayTo(at: Ancestor, above: Above): readonly Ancestor[] | undefined {
  if (at.name === above.node) return [at];
  for (const next of belowOf(at, above)) {
    const rest = wayTo(next, above);
    if (rest !== undefined) return [at, ...rest];
  }
  return undefined;
}

/** Nodes directly below this one that the other's name may go through. */
function belowOf(at: Ancestor, above: Above): readonly Ancestor[] {
  const rest = above.node.slice(at.name.length);
  if (at.loop) return itemsAt(at, rest);
  const entry = above.templateOf(at.template);
  if (entry === undefined) return [];
  const { steps, retryStrategy } = entry.template;
  if (retryStrategy !== undefined && !at.attempt) {
    const attempt = /^\(\d+\)/.exec(rest)?.[0];
    return attempt === undefined ? [] : [{ ...at, name: at.name + attempt, attempt: true }];
  }
  const [own = '', name = ''] = (steps === undefined ? TASK : STEP).exec(rest) ?? [];
  const member = above.memberOf(entry, name);
  if (member === undefined) return [];
  const template = entry.calls[name];
  const below: Ancestor = { name: at.name + own, ...(template !== undefined && { template }) };
  if (!isLooped(member)) return [below];
  // In steps the items of a loop stand directly in the group.
  return steps === undefined ? [{ ...below, loop: true }] : itemsAt(below, rest.slice(own.length));
}

const STEP = /^\[\d+\]\.([^.[(]+)/;
const TASK = /^\.([^.[(]+)/;

/** An item's value stands in its node's name, `(0:VALUE)`, and may hold brackets of its own. */
function itemsAt({ loop: _loop, ...item }: Ancestor, rest: string): readonly Ancestor[] {
  if (!/^\(\d+:/.test(rest)) return [];
  const ends = [...rest.matchAll(/\)(?=$|[.[(])/g)].map(({ index }) => index + 1);
  return ends.map((end) => ({ ...item, name: item.name + rest.slice(0, end) }));
}

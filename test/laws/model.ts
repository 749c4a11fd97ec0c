/** Workflows as the laws see them: what is drawn, what it says in YAML. */

export interface Model {
  readonly templates: readonly ModelTemplate[];
  /** The last template is the entrypoint. */
  readonly onExit?: string;
  readonly parallelism?: number;
  /** What leaves that do not succeed end as. */
  readonly bad: 'Failed' | 'Error';
  /** Decides durations and failures, by the name of the node. */
  readonly seed: number;
  /** Leaves whose fate is settled otherwise: whether they are good. */
  readonly settled?: (node: string) => boolean;
}

export interface ModelTemplate {
  readonly name: string;
  /** retryStrategy.limit */
  readonly retries?: number;
  readonly body: Leaf | Suspend | Steps | Dag;
}

export interface Leaf {
  readonly kind: 'leaf';
}

export interface Suspend {
  readonly kind: 'suspend';
  readonly seconds: number;
}

export interface Steps {
  readonly kind: 'steps';
  readonly groups: readonly (readonly Member[])[];
}

export interface Dag {
  readonly kind: 'dag';
  readonly tasks: readonly Task[];
}

export interface Member {
  readonly name: string;
  readonly template: string;
  readonly when?: boolean;
  /** Number of items. */
  readonly loop?: number;
  /** The item of a loop whose `when` is false. */
  readonly skipped?: number;
  readonly continues?: boolean;
  readonly exit?: string;
}

/** How a task of a dag refers to another one. */
export type Condition = '' | '.Succeeded' | '.Failed' | '.Skipped' | '.Omitted';

export interface Need {
  readonly task: string;
  readonly condition: Condition;
}

export interface Task extends Member {
  readonly needs: readonly Need[];
  /** How needs are joined; `dependencies` has no conditions. */
  readonly join: 'and' | 'or' | 'dependencies';
}

/** As many seconds as leaves take at most. */
const LONGEST = 9;

/** What becomes of a leaf: the same each time for the same node. */
export function fate(model: Model, node: string): { readonly good: boolean; readonly seconds: number } {
  let hash = 0x811c9dc5 ^ model.seed;
  for (const letter of node) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
  return { good: model.settled?.(node) ?? hash % 4 !== 0, seconds: (hash >>> 8) % (LONGEST + 1) };
}

export function yamlOf(model: Model): string {
  const entrypoint = model.templates.at(-1)?.name;
  return JSON.stringify({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Workflow',
    metadata: { name: 'wf' },
    spec: {
      entrypoint,
      ...(model.onExit !== undefined && { onExit: model.onExit }),
      ...(model.parallelism !== undefined && { parallelism: model.parallelism }),
      templates: model.templates.map(templateOf),
    },
  });
}

function templateOf({ name, retries, body }: ModelTemplate): object {
  const head = { name, ...(retries !== undefined && { retryStrategy: { limit: retries } }) };
  switch (body.kind) {
    case 'leaf':
      return { ...head, container: { image: 'alpine', command: ['true'] } };
    case 'suspend':
      return { ...head, suspend: { duration: String(body.seconds) } };
    case 'steps':
      return { ...head, steps: body.groups.map((group) => group.map(memberOf)) };
    case 'dag':
      return { ...head, dag: { tasks: body.tasks.map(taskOf) } };
  }
}

function memberOf(member: Member): object {
  const { name, template, when, loop, skipped, continues, exit } = member;
  const condition = skipped === undefined ? when : `{{item}} != ${skipped}`;
  return {
    name,
    template,
    ...(condition !== undefined && { when: String(condition) }),
    ...(loop !== undefined && { withItems: Array.from({ length: loop }, (_, at) => at) }),
    ...(continues && { continueOn: { failed: true, error: true } }),
    ...(exit !== undefined && { hooks: { exit: { template: exit } } }),
  };
}

function taskOf(task: Task): object {
  const { needs, join } = task;
  if (needs.length === 0) return memberOf(task);
  const names = needs.map((need) => need.task);
  if (join === 'dependencies') return { ...memberOf(task), dependencies: names };
  const terms = needs.map((need) => `${need.task}${need.condition}`);
  return { ...memberOf(task), depends: terms.join(join === 'and' ? ' && ' : ' || ') };
}

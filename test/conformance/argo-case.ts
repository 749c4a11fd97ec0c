/** Recorded runs of Argo's controller as they lie in the suites, and the comparison of one with a run of ours. */
import type { RunStatus } from '../../lib/status/status.ts';

export interface ExpectedNode {
  readonly name: string;
  readonly type: string;
  readonly phase: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly result?: string;
  readonly exitCode?: string;
  readonly children?: readonly string[];
}

export interface Expected {
  readonly name: string;
  readonly phase: string;
  readonly message?: string;
  readonly endless?: boolean;
  readonly nodes?: readonly ExpectedNode[];
  readonly outputs?: Readonly<Record<string, string>>;
}

/** Varies from run to run. */
const VARIES = '<varies>';

interface Comparable {
  readonly type: string;
  readonly phase: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly result: string;
  readonly exitCode: string;
  readonly children: readonly string[];
}

/** The first few differences, or undefined where all that counts is equal. */
export function compareRun(expected: Expected, status: RunStatus): string | undefined {
  const differences: string[] = [];
  const say = (where: string, want: unknown, got: unknown) =>
    differences.push(`${where}: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
  if (expected.endless) {
    const ended = status.phase === 'Failed' || status.phase === 'Error';
    return ended && status.message
      ? undefined
      : `should end as Failed or Error with a message: ${status.phase}`;
  }
  if (status.phase !== expected.phase)
    say('phase', expected.phase, `${status.phase}: ${status.message ?? ''}`);
  const globals: Record<string, string> = { ...status.globals.parameters };
  for (const name of Object.keys(status.globals.artifacts ?? {})) globals[`artifact:${name}`] = '';
  if (!same(expected.outputs ?? {}, globals)) say('global outputs', expected.outputs ?? {}, globals);
  const wanted = new Map((expected.nodes ?? []).map((node) => [node.name, node]));
  for (const name of wanted.keys()) if (!status.nodes.has(name)) differences.push(`missing node ${name}`);
  for (const name of status.nodes.keys()) if (!wanted.has(name)) differences.push(`extra node ${name}`);
  for (const [name, want] of wanted) {
    const got = status.nodes.get(name);
    if (got === undefined) continue;
    const left = comparableExpected(want);
    const right: Comparable = {
      type: got.type,
      phase: got.phase,
      inputs: got.inputs?.parameters ?? {},
      outputs: got.outputs?.parameters ?? {},
      result: got.outputs?.result ?? '',
      exitCode: got.outputs?.exitCode ?? '',
      children: [...got.children].sort(),
    };
    for (const field of Object.keys(left) as (keyof Comparable)[]) {
      if (!same(left[field], right[field])) {
        const message = field === 'phase' && got.message ? ` (${got.message})` : '';
        say(`${name} ${field}${message}`, left[field], right[field]);
      }
    }
  }
  return differences.length === 0 ? undefined : differences.slice(0, 12).join('\n');
}

function comparableExpected(node: ExpectedNode): Comparable {
  return {
    type: node.type,
    phase: node.phase,
    inputs: node.inputs ?? {},
    outputs: node.outputs ?? {},
    result: node.result ?? '',
    exitCode: node.exitCode ?? '',
    children: [...(node.children ?? [])].sort(),
  };
}

function same(want: unknown, got: unknown): boolean {
  if (want === VARIES) return true;
  if (Array.isArray(want) && Array.isArray(got))
    return want.length === got.length && want.every((one, at) => same(one, got[at]));
  if (isRecord(want) && isRecord(got)) {
    const keys = Object.keys(want);
    return (
      keys.length === Object.keys(got).length && keys.every((key) => key in got && same(want[key], got[key]))
    );
  }
  return want === got || (typeof want === 'string' && want.includes(VARIES) && matches(want, got));
}

/** A text with varying parts. */
function matches(want: string, got: unknown): boolean {
  const pattern = want.split(VARIES).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return typeof got === 'string' && new RegExp(`^${pattern.join('.*')}$`, 's').test(got);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

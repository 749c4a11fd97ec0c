/** Lines that containers wrote, as `argo logs` prints them: the pod's name, in a colour of its own, then the text. */
import { podName } from '../../argo/node-id.ts';
import type { LogLine } from '../../engines/engine.ts';
import type { Stream } from '../terminal.ts';

export interface StampedLine extends LogLine {
  /** RFC 3339. */
  readonly time: string;
}

export interface LogStyle {
  /** Whether each line says who wrote it. */
  readonly pod: boolean;
  readonly timestamps?: boolean;
  /** Names of pods by node name; where it is absent, the node's own name is shown. */
  readonly pods?: ReadonlyMap<string, string>;
}

const COLORS = ['red', 'green', 'yellow', 'blue', 'magenta', 'cyan'] as const;

export function logPrinter(stream: Stream, style: LogStyle): (line: StampedLine) => void {
  return (line) => {
    const who = style.pods?.get(line.node) ?? line.node;
    const paint = stream.colors[COLORS[sumOf(who) % COLORS.length]!];
    const time = style.timestamps ? `${line.time} ` : '';
    const name = style.pod ? paint(`${who}: `) : '';
    stream.write(`${name}${time}${line.line}\n`);
  };
}

function sumOf(text: string): number {
  let sum = 0;
  for (let at = 0; at < text.length; at += 1) sum += text.charCodeAt(at);
  return sum;
}

export function podOf(
  workflow: string,
  node: { readonly name: string; readonly templateName?: string },
): string {
  return podName(workflow, node.name, node.templateName ?? '');
}

/** What is seen of a run while it goes on: a tree that redraws itself on a terminal, else a line for each change. */
import type { NodeObject, WorkflowObject } from '../../status/workflow-object.ts';
import type { Stream } from '../terminal.ts';
import { cutLine } from './columns.ts';
import { shortDuration } from './humanize.ts';
import { phaseIcon } from './tree.ts';
import { showTree } from './workflow.ts';

export interface LiveView {
  /** Something may have changed. */
  readonly touch: () => void;
  /** Writes lines that stay, above whatever redraws itself. */
  readonly say: (text: string) => void;
  /** Draws for the last time; a redrawn tree is taken away. */
  readonly end: () => void;
}

export interface LiveOptions {
  readonly workflow: () => WorkflowObject;
  readonly now: () => number;
  /** Whether nodes are shown at all. */
  readonly quiet: boolean;
}

const SHORTEST_PAUSE = 100;
/** Reading the history takes longer as it grows; no more than a part of the time goes into drawing. */
const SHARE = 10;

export function liveView(stream: Stream, options: LiveOptions): LiveView {
  const painter = options.quiet
    ? silent(stream)
    : stream.isTty
      ? redrawing(stream, options)
      : telling(stream, options);
  let timer: NodeJS.Timeout | undefined;
  let pause = SHORTEST_PAUSE;
  const draw = () => {
    timer = undefined;
    const began = performance.now();
    painter.draw();
    pause = Math.max(SHORTEST_PAUSE, (performance.now() - began) * SHARE);
  };
  // Durations grow without any event.
  const ticking = stream.isTty && !options.quiet ? setInterval(() => touch(), 1000) : undefined;
  ticking?.unref();
  const touch = () => {
    timer ??= setTimeout(draw, pause);
    timer.unref();
  };
  return {
    touch,
    say: painter.say,
    end: () => {
      clearTimeout(timer);
      clearInterval(ticking);
      painter.end();
    },
  };
}

interface Painter {
  readonly draw: () => void;
  readonly say: (text: string) => void;
  readonly end: () => void;
}

function silent(stream: Stream): Painter {
  return { draw: () => undefined, say: (text) => stream.write(`${text}\n`), end: () => undefined };
}

function redrawing(stream: Stream, options: LiveOptions): Painter {
  let height = 0;
  const clear = () => (height === 0 ? '' : `\u001b[${height}A\r\u001b[J`);
  const draw = () => {
    const all = showTree(options.workflow(), stream, { output: 'tree', now: options.now() });
    const room = Math.max(5, stream.rows - 1);
    const lines = all.length <= room ? all : [...all.slice(0, 1), '…', ...all.slice(all.length - room + 2)];
    const cut = lines.map((line) => cutLine(line, stream.columns));
    stream.write(`\u001b[?2026h${clear()}${cut.join('\n')}\n\u001b[?2026l`);
    height = cut.length;
  };
  const end = () => {
    stream.write(clear());
    height = 0;
  };
  return {
    draw,
    say: (text) => {
      const had = height > 0;
      end();
      stream.write(`${text}\n`);
      if (had) draw();
    },
    end,
  };
}

const TOLD = new Set(['Pod', 'Suspend', 'HTTP', 'Skipped', 'Plugin']);

function telling(stream: Stream, options: LiveOptions): Painter {
  const known = new Map<string, string>();
  const draw = () => {
    for (const node of Object.values(options.workflow().status.nodes)) {
      if (!TOLD.has(node.type) || known.get(node.id) === node.phase || node.phase === 'Pending') continue;
      known.set(node.id, node.phase);
      stream.write(`${lineOf(node, stream)}\n`);
    }
  };
  return { draw, say: (text) => stream.write(`${text}\n`), end: draw };
}

function lineOf(node: NodeObject, stream: Stream): string {
  const icon = phaseIcon(node.phase, stream.colors, true);
  const length =
    node.finishedAt === null || node.startedAt === null || node.type === 'Skipped'
      ? ''
      : ` ${shortDuration(Date.parse(node.finishedAt) - Date.parse(node.startedAt))}`;
  const waits = node.type === 'Suspend' && node.phase === 'Running' ? ' waits for: argosy resume' : '';
  const message = node.message ? ` ${node.message.replaceAll(/\s*\n\s*/g, ' ')}` : '';
  return `${icon} ${node.name} ${node.phase}${length}${waits}${message}`;
}

/** A run's history on disk: one event a line, those of child executions with their ARN. */
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { HistoryEvent } from '../../asl/history-event.ts';

interface Line {
  readonly execution?: string;
  readonly event: HistoryEvent;
}

export interface LineWriter {
  readonly write: (value: unknown) => void;
  readonly close: () => Promise<void>;
}

export function lineWriter(file: string): LineWriter {
  const stream = createWriteStream(file, { flags: 'a' });
  let failure: Error | undefined;
  stream.on('error', (error) => {
    failure = error;
  });
  return {
    write: (value) => void stream.write(`${JSON.stringify(value)}\n`),
    close: async () => {
      await new Promise<void>((resolve) => stream.end(resolve));
      if (failure !== undefined) throw failure;
    },
  };
}

export interface StoredHistory {
  readonly own: readonly HistoryEvent[];
  readonly children: ReadonlyMap<string, readonly HistoryEvent[]>;
}

export async function readHistory(file: string): Promise<StoredHistory> {
  const own: HistoryEvent[] = [];
  const children = new Map<string, HistoryEvent[]>();
  for (const line of await readLines<Line>(file)) {
    const event = { ...line.event, timestamp: new Date(line.event.timestamp) };
    if (line.execution === undefined) {
      own.push(event);
      continue;
    }
    const list = children.get(line.execution);
    if (list) list.push(event);
    else children.set(line.execution, [event]);
  }
  return { own, children };
}

/** What could be written of the last line, when the process died, is left out. */
export async function readLines<T>(file: string): Promise<readonly T[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}

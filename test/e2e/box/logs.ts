/** CloudWatch Logs: streams of lines, and the two ways of reading them. */
import type { JsonObject } from '../../../lib/protocol/json.ts';
import { awsError, jsonService, paged, type Service, text } from './http.ts';

interface LogEvent {
  readonly timestamp: number;
  readonly message: string;
  readonly eventId: string;
}

export interface LogGroups {
  readonly put: (group: string, stream: string, message: string) => void;
  readonly service: Service;
}

export function createLogs(): LogGroups {
  const groups = new Map<string, Map<string, LogEvent[]>>();
  let count = 0;
  const streamsOf = (input: JsonObject) => {
    const name = input['logGroupName'] ?? text(input['logGroupIdentifier']).split(':').at(-1);
    const found = groups.get(text(name));
    if (found === undefined)
      throw awsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return found;
  };
  return {
    put: (group, stream, message) => {
      count += 1;
      const streams = groups.get(group) ?? new Map<string, LogEvent[]>();
      groups.set(group, streams);
      const lines = streams.get(stream) ?? [];
      streams.set(stream, lines);
      lines.push({ timestamp: Date.now(), message, eventId: String(count).padStart(20, '0') });
    },
    service: jsonService({
      FilterLogEvents: (input) => filter(streamsOf(input), input),
      GetLogEvents: (input) => {
        const events = streamsOf(input).get(text(input['logStreamName']));
        if (events === undefined)
          throw awsError('ResourceNotFoundException', 'The specified log stream does not exist.');
        const from = Number(text(input['nextToken']).replace('f/', '') || 0);
        const page = events.slice(from, from + Number(input['limit'] ?? 10_000));
        return { events: page, nextForwardToken: `f/${from + page.length}`, nextBackwardToken: 'b/0' };
      },
      DescribeLogStreams: (input) => {
        const prefix = text(input['logStreamNamePrefix']);
        const names = [...streamsOf(input).keys()].filter((name) => name.startsWith(prefix));
        return { logStreams: names.map((logStreamName) => ({ logStreamName })) };
      },
    }),
  };
}

function filter(streams: ReadonlyMap<string, readonly LogEvent[]>, input: JsonObject): object {
  const names = input['logStreamNames'] as readonly string[] | undefined;
  const missing = names?.find((name) => !streams.has(name));
  if (missing !== undefined)
    throw awsError('ResourceNotFoundException', 'The specified log stream does not exist.');
  const prefix = text(input['logStreamNamePrefix']);
  const start = Number(input['startTime'] ?? 0);
  const end = Number(input['endTime'] ?? Number.MAX_SAFE_INTEGER);
  const events = [...streams]
    .filter(([name]) => (names === undefined || names.includes(name)) && name.startsWith(prefix))
    .flatMap(([logStreamName, lines]) => lines.map((line) => ({ ...line, logStreamName })))
    .filter(({ timestamp }) => timestamp >= start && timestamp < end)
    .sort((a, b) => a.timestamp - b.timestamp || (a.eventId < b.eventId ? -1 : 1));
  const { page, next } = paged(events, Number(input['limit'] ?? 10_000), text(input['nextToken']));
  return { events: page, ...(next === undefined ? {} : { nextToken: next }) };
}

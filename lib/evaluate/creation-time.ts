/** `workflow.creationTimestamp.*`: the letters of `util/strftime`, in UTC as Argo's controller runs. */

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}

/** RFC 3339 with whole seconds, as Go's time.RFC3339 writes UTC. */
export function rfc3339(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** Names below `workflow.creationTimestamp` and their values; none when the time cannot be read. */
export function creationTimes(timestamp: string): Readonly<Record<string, string>> {
  const epoch = Date.parse(timestamp);
  if (Number.isNaN(epoch)) return {};
  const time = new Date(epoch);
  const month = MONTHS[time.getUTCMonth()] ?? '';
  const day = DAYS[time.getUTCDay()] ?? '';
  const hour = time.getUTCHours();
  return {
    B: month,
    b: month.slice(0, 3),
    m: pad(time.getUTCMonth() + 1),
    A: day,
    a: day.slice(0, 3),
    d: pad(time.getUTCDate()),
    H: pad(hour),
    I: pad(hour % 12 === 0 ? 12 : hour % 12),
    M: pad(time.getUTCMinutes()),
    S: pad(time.getUTCSeconds()),
    Y: pad(time.getUTCFullYear(), 4),
    y: pad(time.getUTCFullYear() % 100),
    p: hour < 12 ? 'AM' : 'PM',
    Z: 'UTC',
    z: '+0000',
    L: `.${pad(time.getUTCMilliseconds(), 3)}`,
    s: String(Math.floor(epoch / 1000)),
    RFC3339: rfc3339(epoch),
  };
}

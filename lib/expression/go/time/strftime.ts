/** The strftime of `workflow.creationTimestamp.<c>` and key formats (util/strftime of Argo). */
import type { GoTime } from '../../values.ts';
import { formatGoTime } from './format-time.ts';

/** The letters that Argo knows, with the Go layout of each. */
export const strftimeLayouts: ReadonlyMap<string, string> = new Map([
  ['B', 'January'],
  ['b', 'Jan'],
  ['m', '01'],
  ['A', 'Monday'],
  ['a', 'Mon'],
  ['d', '02'],
  ['H', '15'],
  ['I', '03'],
  ['M', '04'],
  ['S', '05'],
  ['Y', '2006'],
  ['y', '06'],
  ['p', 'PM'],
  ['Z', 'MST'],
  ['z', '-0700'],
  ['L', '.000'],
]);

/** The time in a strftime format; letters that Argo does not know stay as they are. */
export function strftime(time: GoTime, format: string): string {
  return format.replace(/%(.)/gsu, (directive: string, letter: string) => {
    if (letter === '%') return '%';
    const layout = strftimeLayouts.get(letter);
    return layout === undefined ? directive : formatGoTime(time, layout);
  });
}

/** What stands in for an image's own program when processes take the place of containers. */
import type { ImageCommand } from '../../executor/container-command.ts';

/** By the image's name alone: nothing is looked up anywhere. */
export function hostImageCommand(image: string): ImageCommand {
  const name = image.split('/').at(-1)?.split(/[:@]/)[0] ?? '';
  const program = /python/.test(image) ? 'python3' : (PROGRAMS[name] ?? 'sh');
  return { entrypoint: [program], command: [] };
}

const PROGRAMS: Readonly<Record<string, string>> = { argosay: 'argosay', whalesay: 'bash' };

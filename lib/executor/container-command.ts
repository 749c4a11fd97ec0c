/** The exact argument list of a container: never a command line, never through a shell. */

import type { ContainerSpec } from '../protocol/task-spec.ts';
import { expandVariables } from './container-env.ts';
import { ARGUMENT_BYTES } from './limits.ts';
import { StartError } from './objects.ts';

/** What an image runs by itself. */
export interface ImageCommand {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

/** Kubernetes' rule: `command` replaces entrypoint and default arguments, `args` the default arguments alone. */
export function containerCommand(
  container: ContainerSpec,
  image: ImageCommand,
  env: Readonly<Record<string, string>>,
  script: string | undefined,
): readonly string[] {
  const expand = (words: readonly string[]) => words.map((word) => expandVariables(word, env));
  const command =
    container.command === undefined
      ? [...image.entrypoint, ...(container.args === undefined ? image.command : [])]
      : expand(container.command);
  const words = [...command, ...expand(container.args ?? []), ...(script === undefined ? [] : [script])];
  if (words.length === 0) throw new StartError(`no command specified`);
  if (words.some((word) => word.includes('\0'))) throw new StartError('an argument contains a NUL character');
  return words;
}

export interface LongArgument {
  readonly path: string;
  readonly content: string;
}

/**
 * An argument that no program could be started with is put in a file and passed as `@FILE`
 * (`cmd/argoexec/commands/emissary.go` runEmissary); the program itself does not count.
 */
export function withLongArguments(words: readonly string[]): {
  readonly words: readonly string[];
  readonly files: readonly LongArgument[];
} {
  const files: LongArgument[] = [];
  const passed = words.map((word, index) => {
    if (index === 0 || word.length * 3 < ARGUMENT_BYTES || Buffer.byteLength(word) < ARGUMENT_BYTES)
      return word;
    const path = `/tmp/argo_arg_${index - 1}.txt`;
    files.push({ path, content: word });
    return `@${path}`;
  });
  return { words: passed, files };
}

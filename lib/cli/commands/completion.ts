/** `argosy completion`: scripts for shells, made from the commands themselves. */
import type { Command } from 'commander';
import { CliError, EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';

export async function completion(shell: string, program: Command, terminal: Terminal): Promise<number> {
  const visible = program.commands.filter((command) => !isHidden(command));
  const print = { bash, zsh, fish }[shell];
  if (print === undefined)
    throw new CliError(`there is no completion for ${shell}`, EXIT.usage, 'bash, zsh or fish');
  terminal.out.write(print(visible));
  return EXIT.ok;
}

function isHidden(command: Command): boolean {
  return command.description().startsWith('not applicable');
}

function flagsOf(command: Command): readonly string[] {
  return command.options.flatMap(({ short, long }) => [short, long].filter((flag) => flag !== undefined));
}

function bash(commands: readonly Command[]): string {
  const names = commands.map((command) => command.name()).join(' ');
  const cases = commands.map((command) => `    ${command.name()}) words="${flagsOf(command).join(' ')}" ;;`);
  return `_argosy() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${names}" -- "$current"))
    return
  fi
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) COMPREPLY=($(compgen -f -- "$current") $(compgen -W "@latest $(ls .argosy 2>/dev/null)" -- "$current")) ;;
  esac
}
complete -o filenames -F _argosy argosy
`;
}

function zsh(commands: readonly Command[]): string {
  return `#compdef argosy
autoload -Uz bashcompinit && bashcompinit
${bash(commands)}`;
}

function fish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const name = command.name();
    const first = `complete -c argosy -n __fish_use_subcommand -a ${name} -d '${quoted(command.description())}'`;
    const flags = command.options.map(({ short, long, description }) => {
      const letters = `${short ? ` -s ${short.slice(1)}` : ''}${long ? ` -l ${long.slice(2)}` : ''}`;
      return `complete -c argosy -n '__fish_seen_subcommand_from ${name}'${letters} -d '${quoted(description)}'`;
    });
    return [first, ...flags];
  });
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return text.replaceAll("'", "\\'");
}

/** Commands, their arguments and flags: `argo`'s, as far as they have a meaning here. */
import { Command, type Option } from 'commander';
import { addAwsLibraryCommands } from './aws/library-commands.ts';
import { addAwsRunCommands } from './aws/run-commands.ts';
import { addForeignCommands } from './foreign-commands.ts';
import type { Registry } from './registry.ts';
import { addOtherCommands, addRunCommands } from './run-commands.ts';
import type { Terminal } from './terminal.ts';
import { addWorkflowCommands } from './workflow-commands.ts';

const EXAMPLES = `
Examples:
  argosy run hello-world.yaml             run a workflow on this machine
  argosy run flow.yaml -p who=world --log give it a parameter, see what its steps write
  argosy lint workflows/                  check every file of a folder
  argosy compile flow.yaml                print the Amazon States Language that it becomes
  argosy get @latest                      the tree of the newest run

On AWS: with --stack NAME, or ARGOSY_STACK, the commands for runs work on that deployed runtime;
  submit, watch, cron and template are then there, too.

Exit codes: 0 success, 1 the workflow did not succeed, 2 wrong usage, 3 the workflow is invalid,
            4 AWS, 5 timeout, 130 interrupted`;

/** Where runs go on: here, or on AWS, when a stack is named. */
export type Target = 'local' | 'aws';

export function createProgram(
  terminal: Terminal,
  onCode: (code: number) => void,
  target: Target = 'local',
): Command {
  const program = new CommandWithEnvironment('argosy');
  program
    .description(
      'Runs Argo Workflows YAML on AWS Step Functions, and the same state machine on this machine.',
    )
    .addHelpText('after', EXAMPLES)
    .option('--no-color', 'no colours; NO_COLOR and FORCE_COLOR are heeded, too')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => terminal.err.write(text),
      getOutHelpWidth: () => Math.min(terminal.out.columns, 110),
      getErrHelpWidth: () => Math.min(terminal.err.columns, 110),
      getOutHasColors: () => terminal.out.colors.isColorSupported,
      getErrHasColors: () => terminal.err.colors.isColorSupported,
    })
    .showSuggestionAfterError()
    .helpCommand(true)
    .configureHelp({ optionDescription: describeOption });
  const registry: Registry = {
    program,
    terminal,
    act: async (work) => onCode(await work()),
  };
  addWorkflowCommands(registry);
  if (target === 'aws') {
    addAwsRunCommands(registry);
    addAwsLibraryCommands(registry);
    addOtherCommands(registry);
  } else {
    // Here, whatever is submitted runs.
    program.commands.find((one) => one.name() === 'run')?.alias('submit');
    addRunCommands(registry);
  }
  addForeignCommands(registry);
  return program;
}

/** Every flag can be given in the environment, as for `argo`: `ARGO_PARAMETER_FILE`. */
class CommandWithEnvironment extends Command {
  override createCommand(name?: string): Command {
    return new CommandWithEnvironment(name).option('--no-color', 'no colours');
  }

  override addOption(option: Option): this {
    const name = option.long?.replace(/^--(no-)?/, '');
    if (name !== undefined && name !== 'color' && name !== 'help')
      option.env(`ARGO_${name.replaceAll('-', '_').toUpperCase()}`);
    return super.addOption(option);
  }
}

function describeOption(option: Option): string {
  const choices = option.argChoices === undefined ? [] : [option.argChoices.join('|')];
  const shownDefault =
    option.defaultValue === undefined ||
    typeof option.defaultValue === 'boolean' ||
    Array.isArray(option.defaultValue)
      ? []
      : [`default: ${String(option.defaultValue)}`];
  const more = [...choices, ...shownDefault];
  return more.length === 0 ? option.description : `${option.description} (${more.join('; ')})`;
}

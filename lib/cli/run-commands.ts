/** Commands for the runs that are kept in this folder. */
import { Argument, type Command, Option } from 'commander';
import type { AgainFlags } from './commands/again.ts';
import type { DeleteFlags } from './commands/delete.ts';
import type { GetFlags } from './commands/get.ts';
import type { ListFlags } from './commands/list.ts';
import type { EndFlags, ResumeFlags, SetFlags, WaitFlags } from './commands/live.ts';
import type { LogsFlags } from './commands/logs.ts';
import { type Registry, repeatable } from './registry.ts';
import { ENGINE, KUBE_CONTEXT, KUBECONFIG, outputOption } from './workflow-commands.ts';

const NAMES = 'names of runs; @latest is the newest';
const NAME = 'name of a run; @latest is the newest';
const SELECTOR = 'nodes by field, such as displayName=approve or phase!=Failed';

export function addRunCommands(registry: Registry): void {
  addList(registry);
  addGet(registry);
  addLogs(registry);
  addLive(registry);
  addAgain(registry);
  addDelete(registry);
  addOtherCommands(registry);
}

function withChoice(command: Command): Command {
  return command
    .option('--status <phases>', 'only these phases, separated by commas')
    .option('--completed', 'only those that have ended')
    .option('--resubmitted', 'only those that repeat another one')
    .option('--prefix <text>', 'only those whose name begins with it')
    .option('--older <duration>', 'only those that ended longer ago, such as 3h or 1d')
    .option('-l, --selector <labels>', 'only those with these labels');
}

function addList({ program, terminal, act }: Registry): void {
  withChoice(program.command('list').description('list runs'))
    .option('--running', 'only those that go on')
    .option('--since <duration>', 'only those that were created since, such as 10m')
    .addOption(
      new Option('-o, --output <format>', 'how they are printed').choices(['wide', 'name', 'json', 'yaml']),
    )
    .option('--no-headers', 'without the line of headers')
    .action((flags: ListFlags) =>
      act(async () => (await import('./commands/list.ts')).list(flags, terminal)),
    );
}

function addGet({ program, terminal, act }: Registry): void {
  program
    .command('get')
    .description('show how runs stand')
    .argument('<names...>', NAMES)
    .addOption(outputOption())
    .option('--status <phase>', 'only nodes in this phase')
    .option('--node-field-selector <selector>', SELECTOR)
    .option('--no-utf8', 'only ASCII')
    .addHelpText('after', '\nExamples:\n  argosy get @latest\n  argosy get hello-world-x7k2p -o json')
    .action((names: readonly string[], flags: GetFlags) =>
      act(async () => (await import('./commands/get.ts')).get(names, flags, terminal)),
    );
}

function addLogs({ program, terminal, act }: Registry): void {
  program
    .command('logs')
    .description('print what the steps of a run wrote')
    .argument('<name>', NAME)
    .argument('[pod]', 'only this pod, or the node of this name')
    .option('-c, --container <name>', 'only this container')
    .option('-f, --follow', 'go on while the run does')
    .option('--grep <pattern>', 'only lines that match')
    .option('--since <duration>', 'only lines of the last seconds, minutes …')
    .option('--since-time <time>', 'only lines since this RFC 3339 time')
    .option('--tail <lines>', 'only so many lines, from the end')
    .option('--timestamps', 'each line with its time')
    .action((name: string, pod: string | undefined, flags: LogsFlags) =>
      act(async () => (await import('./commands/logs.ts')).logs(name, pod, flags, terminal)),
    );
}

function addLive({ program, terminal, act }: Registry): void {
  program
    .command('wait')
    .description('wait for the end of runs; exit code 0 only when all succeeded')
    .argument('<names...>', NAMES)
    .option('--ignore-not-found', 'a run that is not there is no fault')
    .action((names: readonly string[], flags: WaitFlags) =>
      act(async () => (await import('./commands/live.ts')).wait(names, flags, terminal)),
    );
  program
    .command('resume')
    .description('let suspended nodes of runs go on')
    .argument('<names...>', NAMES)
    .option('--node-field-selector <selector>', SELECTOR)
    .addOption(repeatable('-p, --output-parameter <name=value>', 'a value that the node was suspended for'))
    .action((names: readonly string[], flags: ResumeFlags) =>
      act(async () => (await import('./commands/live.ts')).resume(names, flags, terminal)),
    );
  program
    .command('suspend')
    .description('let runs start nothing more until they are resumed')
    .argument('<names...>', NAMES)
    .action((names: readonly string[], flags: object) =>
      act(async () => (await import('./commands/live.ts')).suspend(names, flags, terminal)),
    );
  program
    .command('node')
    .description('set outputs, the message or the phase of suspended nodes')
    .addArgument(new Argument('<action>', 'what is done').choices(['set']))
    .argument('<name>', NAME)
    .requiredOption('--node-field-selector <selector>', SELECTOR)
    .addOption(repeatable('-p, --output-parameter <name=value>', 'a value that the node was suspended for'))
    .option('-m, --message <text>', "the node's message")
    .option('--phase <phase>', 'end the node: Succeeded, Failed or Error')
    .action((_action: string, name: string, flags: SetFlags) =>
      act(async () => (await import('./commands/live.ts')).setNodes(name, flags, terminal)),
    );
  for (const verb of ['stop', 'terminate'] as const) {
    const command = program
      .command(verb)
      .description(verb === 'stop' ? 'end runs, but run their exit handlers' : 'end runs at once')
      .argument('<names...>', NAMES)
      .option('--dry-run', 'only say what would happen');
    if (verb === 'stop')
      command
        .option('--node-field-selector <selector>', `only fail suspended ${SELECTOR}`)
        .option('--message <text>', 'the message of those nodes');
    command.action((names: readonly string[], flags: EndFlags) =>
      act(async () => (await import('./commands/live.ts')).end(verb, names, flags, terminal)),
    );
  }
}

function addAgain({ program, terminal, act }: Registry): void {
  program
    .command('retry')
    .description('go on with a run that failed: what succeeded is not run again')
    .argument('<name>', NAME)
    .addOption(repeatable('-p, --parameter <name=value>', 'another value for an argument'))
    .option('--restart-successful', 'run also nodes again that succeeded, with all that follows them')
    .option('--node-field-selector <selector>', `with --restart-successful: ${SELECTOR}`)
    .addOption(ENGINE)
    .addOption(KUBECONFIG)
    .addOption(KUBE_CONTEXT)
    .option('--log', 'print what the steps write')
    .addOption(outputOption())
    .action((name: string, flags: AgainFlags) =>
      act(async () => (await import('./commands/again.ts')).retry(name, flags, terminal)),
    );
  program
    .command('resubmit')
    .description("run a run's workflow anew, under another name")
    .argument('<name>', NAME)
    .addOption(repeatable('-p, --parameter <name=value>', 'another value for an argument'))
    .option('--priority <number>', 'another priority')
    .option('--memoized', 'of a run that failed: what its pods gave is not worked out again')
    .addOption(ENGINE)
    .addOption(KUBECONFIG)
    .addOption(KUBE_CONTEXT)
    .option('--log', 'print what the steps write')
    .addOption(outputOption())
    .action((name: string, flags: AgainFlags) =>
      act(async () => (await import('./commands/again.ts')).resubmit(name, flags, terminal)),
    );
}

function addDelete({ program, terminal, act }: Registry): void {
  withChoice(program.command('delete').description('forget runs, with their artifacts and logs'))
    .argument('[names...]', NAMES)
    .option('--all', 'all of them')
    .option('--dry-run', 'only say what would happen')
    .option('--force', 'also those that seem to run')
    .action((names: readonly string[], flags: DeleteFlags) =>
      act(async () => (await import('./commands/delete.ts')).remove(names, flags, terminal)),
    );
}

export function addOtherCommands({ program, terminal, act }: Registry): void {
  program
    .command('completion')
    .description('print a script that completes commands and flags')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      '\nExamples:\n  source <(argosy completion bash)\n  argosy completion fish | source',
    )
    .action((shell: string) =>
      act(async () => (await import('./commands/completion.ts')).completion(shell, program, terminal)),
    );
  program
    .command('version')
    .description('print the version')
    .option('--short', 'the number alone')
    .action((flags: { readonly short?: boolean }) =>
      act(async () => (await import('./commands/version.ts')).version(flags, terminal)),
    );
}

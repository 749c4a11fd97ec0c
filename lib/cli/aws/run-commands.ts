/** Commands for the runs of a deployed runtime: those of local runs, under the same flags. */
import { Argument, type Command, Option } from 'commander';
import type { DeleteFlags } from '../commands/delete.ts';
import type { GetFlags } from '../commands/get.ts';
import type { EndFlags, ResumeFlags, SetFlags, WaitFlags } from '../commands/live.ts';
import type { LogsFlags } from '../commands/logs.ts';
import { type Registry, repeatable } from '../registry.ts';
import { outputOption } from '../workflow-commands.ts';
import type { AgainFlags } from './again.ts';
import type { AwsListFlags } from './list.ts';
import type { AwsFlags } from './session.ts';
import type { SubmitFlags } from './submit.ts';

const NAMES = 'names of runs, or their uids; @latest is the newest';
const NAME = 'name of a run, or its uid; @latest is the newest';
const SELECTOR = 'nodes by field, such as displayName=approve or phase!=Failed';

export function awsCommand(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--stack <name>', 'the deployed runtime, by the name of its stack; or ARGOSY_STACK')
    .option('--region <region>', 'its AWS region; or AWS_REGION')
    .option('--profile <profile>', 'the profile of AWS credentials; or AWS_PROFILE');
}

export function addAwsRunCommands(registry: Registry): void {
  addSubmit(registry);
  addList(registry);
  addGet(registry);
  addWatch(registry);
  addLogs(registry);
  addResume(registry);
  addNode(registry);
  addEnds(registry);
  addAgain(registry);
  addDelete(registry);
}

function addSubmit({ program, terminal, act }: Registry): void {
  awsCommand(program, 'submit', 'start a run on AWS')
    .argument('[files...]', 'YAML files, folders, or - for standard input')
    .addOption(repeatable('-p, --parameter <name=value>', 'an argument of the workflow; may be repeated'))
    .option('-f, --parameter-file <file>', 'a YAML or JSON file with arguments')
    .option('--entrypoint <template>', 'begin with another template')
    .option('--name <name>', "the run's name")
    .option('--generate-name <prefix>', "what the run's name begins with")
    .option('-l, --labels <name=value,...>', 'labels of the run')
    .option('--annotations <name=value,...>', 'annotations of the run')
    .option('--serviceaccount <name>', 'the service account of the run: its tasks get the role of that name')
    .option('--priority <number>', "the run's priority")
    .option('--from <kind/name>', 'run a stored template, or one of the objects in the files')
    .option('--dry-run', 'print the workflow that would be submitted')
    .option('-w, --wait', 'wait for its end')
    .option('--watch', 'show it until it has ended')
    .option('--log', 'print what its steps write, until it has ended')
    .addOption(outputOption().default('name'))
    .action((files: readonly string[], flags: SubmitFlags) =>
      act(async () => (await import('./submit.ts')).submit(files, flags, terminal)),
    );
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
  withChoice(awsCommand(program, 'list', 'list runs'))
    .option('--running', 'only those that go on')
    .option('--since <duration>', 'only those that were created since, such as 10m')
    .option('--chunk-size <count>', 'at most so many, the newest')
    .addOption(
      new Option('-o, --output <format>', 'how they are printed').choices(['wide', 'name', 'json', 'yaml']),
    )
    .option('--no-headers', 'without the line of headers')
    .action((flags: AwsListFlags) => act(async () => (await import('./list.ts')).list(flags, terminal)));
}

function addGet({ program, terminal, act }: Registry): void {
  awsCommand(program, 'get', 'show how runs stand')
    .argument('<names...>', NAMES)
    .addOption(outputOption())
    .option('--status <phase>', 'only nodes in this phase')
    .option('--node-field-selector <selector>', SELECTOR)
    .option('--no-utf8', 'only ASCII')
    .action((names: readonly string[], flags: GetFlags & AwsFlags) =>
      act(async () => (await import('./get.ts')).get(names, flags, terminal)),
    );
}

function addWatch({ program, terminal, act }: Registry): void {
  awsCommand(program, 'watch', 'show a run until it has ended')
    .argument('<name>', NAME)
    .action((name: string, flags: AwsFlags) =>
      act(async () => (await import('./wait.ts')).watch(name, flags, terminal)),
    );
  awsCommand(program, 'wait', 'wait for the end of runs; exit code 0 only when all succeeded')
    .argument('<names...>', NAMES)
    .option('--ignore-not-found', 'a run that is not there is no fault')
    .action((names: readonly string[], flags: WaitFlags & AwsFlags) =>
      act(async () => (await import('./wait.ts')).wait(names, flags, terminal)),
    );
}

function addLogs({ program, terminal, act }: Registry): void {
  awsCommand(program, 'logs', 'print what the steps of a run wrote')
    .argument('<name>', NAME)
    .argument('[pod]', 'only this pod, or the node of this name')
    .option('-c, --container <name>', 'only this container')
    .option('-f, --follow', 'go on while the run does')
    .option('--grep <pattern>', 'only lines that match')
    .option('--since <duration>', 'only lines of the last seconds, minutes …')
    .option('--since-time <time>', 'only lines since this RFC 3339 time')
    .option('--tail <lines>', 'only so many lines, from the end')
    .option('--timestamps', 'each line with its time')
    .action((name: string, pod: string | undefined, flags: LogsFlags & AwsFlags) =>
      act(async () => (await import('./logs.ts')).logs(name, pod, flags, terminal)),
    );
}

function addResume({ program, terminal, act }: Registry): void {
  awsCommand(program, 'suspend', 'let runs start nothing more until they are resumed')
    .argument('<names...>', NAMES)
    .action((names: readonly string[], flags: AwsFlags) =>
      act(async () => (await import('./resume.ts')).suspend(names, flags, terminal)),
    );
  awsCommand(program, 'resume', 'let suspended runs, and suspended nodes, go on')
    .argument('<names...>', NAMES)
    .option('--node-field-selector <selector>', SELECTOR)
    .addOption(repeatable('-p, --output-parameter <name=value>', 'a value that the node was suspended for'))
    .action((names: readonly string[], flags: ResumeFlags & AwsFlags) =>
      act(async () => (await import('./resume.ts')).resume(names, flags, terminal)),
    );
}

function addNode({ program, terminal, act }: Registry): void {
  awsCommand(program, 'node', 'set outputs, the message or the phase of suspended nodes')
    .addArgument(new Argument('<action>', 'what is done').choices(['set']))
    .argument('<name>', NAME)
    .requiredOption('--node-field-selector <selector>', SELECTOR)
    .addOption(repeatable('-p, --output-parameter <name=value>', 'a value that the node was suspended for'))
    .option('-m, --message <text>', "the node's message")
    .option('--phase <phase>', 'end the node: Succeeded, Failed or Error')
    .action((_action: string, name: string, flags: SetFlags & AwsFlags) =>
      act(async () => (await import('./resume.ts')).setNodes(name, flags, terminal)),
    );
}

function addEnds({ program, terminal, act }: Registry): void {
  for (const verb of ['stop', 'terminate'] as const) {
    const description = verb === 'stop' ? 'end runs, but run their exit handlers' : 'end runs at once';
    const command = awsCommand(program, verb, description)
      .argument('<names...>', NAMES)
      .option('--dry-run', 'only say what would happen');
    if (verb === 'stop')
      command
        .option('--node-field-selector <selector>', `only fail suspended ${SELECTOR}`)
        .option('--message <text>', 'the message of those nodes');
    command.action((names: readonly string[], flags: EndFlags & AwsFlags) =>
      act(async () => (await import('./end.ts')).end(verb, names, flags, terminal)),
    );
  }
}

function addAgain({ program, terminal, act }: Registry): void {
  for (const verb of ['retry', 'resubmit'] as const) {
    const description =
      verb === 'retry'
        ? 'go on with a run that failed: what succeeded is not run again'
        : "run a run's workflow anew, under another name";
    const command = awsCommand(program, verb, description)
      .argument('<name>', NAME)
      .addOption(repeatable('-p, --parameter <name=value>', 'another value for an argument'))
      .option('-w, --wait', 'wait for its end')
      .option('--watch', 'show it until it has ended')
      .addOption(outputOption().default('name'));
    if (verb === 'retry')
      command
        .option('--restart-successful', 'run also nodes again that succeeded, with all that follows them')
        .option('--node-field-selector <selector>', `with --restart-successful: ${SELECTOR}`);
    else
      command
        .option('--priority <number>', 'another priority')
        .option('--memoized', 'of a run that failed: what its pods gave is not worked out again');
    command.action((name: string, flags: AgainFlags) =>
      act(async () => (await import('./again.ts'))[verb](name, flags, terminal)),
    );
  }
}

function addDelete({ program, terminal, act }: Registry): void {
  withChoice(awsCommand(program, 'delete', 'forget runs, with what they kept in the bucket'))
    .argument('[names...]', NAMES)
    .option('--all', 'all of them')
    .option('--dry-run', 'only say what would happen')
    .option('--force', 'also those that run: they are terminated')
    .action((names: readonly string[], flags: DeleteFlags & AwsFlags) =>
      act(async () => (await import('./delete.ts')).remove(names, flags, terminal)),
    );
}

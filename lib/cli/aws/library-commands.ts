/** Commands for what a runtime keeps: templates and CronWorkflows. */
import { type Command, Option } from 'commander';
import type { Registry } from '../registry.ts';
import type { CronFlags } from './cron.ts';
import { awsCommand } from './run-commands.ts';
import type { AwsFlags } from './session.ts';
import type { TemplateFlags, TemplateKind } from './template.ts';

export function addAwsLibraryCommands(registry: Registry): void {
  addTemplates(registry, 'template', 'WorkflowTemplate');
  addTemplates(registry, 'cluster-template', 'ClusterWorkflowTemplate');
  addCron(registry);
}

function outputOption(): Option {
  return new Option('-o, --output <format>', 'how it is printed').choices(['json', 'yaml', 'name', 'wide']);
}

function addTemplates({ program, terminal, act }: Registry, verb: string, kind: TemplateKind): void {
  const group = program.command(verb).description(`the ${kind}s that the runtime keeps`);
  const load = () => import('./template.ts');
  awsCommand(group, 'create', 'keep templates of files; runs find them by name')
    .argument('<files...>', 'YAML files or folders')
    .action((files: readonly string[], flags: AwsFlags) =>
      act(async () => (await load()).create(kind, files, flags, terminal)),
    );
  awsCommand(group, 'list', 'list those that are kept')
    .addOption(outputOption())
    .action((flags: TemplateFlags) => act(async () => (await load()).list(kind, flags, terminal)));
  awsCommand(group, 'get', 'print one')
    .argument('<names...>', 'their names')
    .addOption(outputOption())
    .action((names: readonly string[], flags: TemplateFlags) =>
      act(async () => (await load()).get(kind, names, flags, terminal)),
    );
  awsCommand(group, 'delete', 'forget some')
    .argument('<names...>', 'their names')
    .action((names: readonly string[], flags: AwsFlags) =>
      act(async () => (await load()).remove(kind, names, flags, terminal)),
    );
}

function addCron({ program, terminal, act }: Registry): void {
  const group: Command = program.command('cron').description('the CronWorkflows that the runtime keeps');
  const load = () => import('./cron.ts');
  awsCommand(group, 'create', 'keep CronWorkflows of files, and fire them on their schedules')
    .argument('<files...>', 'YAML files or folders')
    .action((files: readonly string[], flags: AwsFlags) =>
      act(async () => (await load()).create(files, flags, terminal)),
    );
  awsCommand(group, 'list', 'list those that are kept')
    .addOption(outputOption())
    .action((flags: CronFlags) => act(async () => (await load()).list(flags, terminal)));
  awsCommand(group, 'get', 'show one, and its newest runs')
    .argument('<names...>', 'their names')
    .addOption(outputOption())
    .action((names: readonly string[], flags: CronFlags) =>
      act(async () => (await load()).get(names, flags, terminal)),
    );
  awsCommand(group, 'delete', 'forget some, with their schedules')
    .argument('<names...>', 'their names')
    .action((names: readonly string[], flags: AwsFlags) =>
      act(async () => (await load()).remove(names, flags, terminal)),
    );
  for (const verb of ['suspend', 'resume'] as const)
    awsCommand(group, verb, verb === 'suspend' ? 'fire them no more for now' : 'fire them again')
      .argument('<names...>', 'their names')
      .action((names: readonly string[], flags: AwsFlags) =>
        act(async () => (await load()).setSuspended(verb === 'suspend', names, flags, terminal)),
      );
}

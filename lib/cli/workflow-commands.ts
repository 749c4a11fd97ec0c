/** Commands that take YAML: run, lint, compile, explain. */
import { Option } from 'commander';
import type { CompileFlags } from './commands/compile.ts';
import type { ExplainFlags } from './commands/explain.ts';
import type { LintFlags } from './commands/lint.ts';
import type { RunFlags } from './commands/run.ts';
import { type Registry, repeatable } from './registry.ts';

const FILES = 'YAML files, folders, or - for standard input';

export function addWorkflowCommands(registry: Registry): void {
  addRun(registry);
  addLint(registry);
  addCompile(registry);
  addExplain(registry);
}

export const KUBECONFIG = new Option(
  '--kubeconfig <file>',
  'the cluster that resource templates act on (else ARGOSY_KUBECONFIG, else none)',
);
export const KUBE_CONTEXT = new Option(
  '--kube-context <name>',
  'another context of that file than its current one',
);

export const ENGINE = new Option(
  '--engine <engine>',
  'what steps run on: docker, process, or mock:FILE (else docker when it answers, else process)',
);

/** As for a runtime that has an EKS cluster. */
function eksOption(): Option {
  const text = 'as for a runtime with an EKS cluster that runs the templates annotated for it, or all';
  return new Option('--eks <which>', text).choices(['annotated', 'all']);
}

export function outputOption(): Option {
  return new Option('-o, --output <format>', 'how the run is printed')
    .choices(['tree', 'wide', 'short', 'json', 'yaml', 'name'])
    .default('tree');
}

function addRun({ program, terminal, act }: Registry): void {
  program
    .command('run')
    .description('run a workflow on this machine, and wait for its end')
    .argument('<files...>', FILES)
    .addOption(repeatable('-p, --parameter <name=value>', 'an argument of the workflow; may be repeated'))
    .option('-f, --parameter-file <file>', 'a YAML or JSON file with arguments')
    .option('--entrypoint <template>', 'begin with another template')
    .option('--name <name>', "the run's name")
    .option('--generate-name <prefix>', "what the run's name begins with")
    .option('-l, --labels <name=value,...>', 'labels of the run')
    .option('--annotations <name=value,...>', 'annotations of the run')
    .option('--serviceaccount <name>', 'the service account that templates are told')
    .option('--priority <number>', "the run's priority")
    .option('--from <kind/name>', 'run this one of the objects in the files')
    .addOption(ENGINE)
    .addOption(KUBECONFIG)
    .addOption(KUBE_CONTEXT)
    .option('--log', 'print what the steps write')
    .option('-w, --wait', 'there is no other way: accepted for the sake of scripts')
    .option('--watch', 'there is no other way: accepted for the sake of scripts')
    .addOption(outputOption())
    .addHelpText(
      'after',
      `
Examples:
  argosy run hello-world.yaml
  argosy run flow.yaml templates/ -p message=hello --log
  cat flow.yaml | argosy run - -o json | jq .status.phase
  argosy run --from workflowtemplate/build templates.yaml

The run is kept in .argosy/NAME. Ctrl-C stops it, exit handlers still run; a second Ctrl-C ends it at once.`,
    )
    .action((files: readonly string[], flags: RunFlags) =>
      act(async () => (await import('./commands/run.ts')).run(files, flags, terminal)),
    );
}

function addLint({ program, terminal, act }: Registry): void {
  program
    .command('lint')
    .description('find every mistake of workflows, at its line and column')
    .argument('<files...>', FILES)
    .addOption(
      new Option('-o, --output <format>', 'how findings are printed')
        .choices(['pretty', 'simple', 'json'])
        .default('pretty'),
    )
    .option('--strict', 'let warnings fail, too', false)
    .addOption(eksOption())
    .option('--offline', 'there is no other way: accepted for the sake of scripts')
    .option('--kinds <kinds>', 'accepted for the sake of scripts: all kinds are checked')
    .addHelpText(
      'after',
      `
Examples:
  argosy lint workflows/
  argosy lint -o simple flow.yaml
  argosy lint --strict - < flow.yaml`,
    )
    .action((files: readonly string[], flags: LintFlags) =>
      act(async () => (await import('./commands/lint.ts')).lint(files, flags, terminal)),
    );
}

function addCompile({ program, terminal, act }: Registry): void {
  program
    .command('compile')
    .description('print the state machine (Amazon States Language) that a workflow becomes')
    .argument('<files...>', FILES)
    .option('-o, --output <path>', 'a file, or a folder for a file of the workflow’s name')
    .option('--origins', 'print instead which line of YAML each state comes from')
    .option('--from <kind/name>', 'compile this one of the objects in the files')
    .addOption(eksOption())
    .addHelpText(
      'after',
      `
Examples:
  argosy compile flow.yaml
  argosy compile flow.yaml -o build/`,
    )
    .action((files: readonly string[], flags: CompileFlags) =>
      act(async () => (await import('./commands/compile.ts')).compile(files, flags, terminal)),
    );
}

function addExplain({ program, terminal, act }: Registry): void {
  program
    .command('explain')
    .description('explain the code of a diagnostic, or what becomes of a workflow')
    .argument('<code or file>', 'a code, such as unknown-variable, or a YAML file')
    .addOption(new Option('-o, --output <format>', 'how it is printed').choices(['json']))
    .addOption(eksOption())
    .addHelpText(
      'after',
      `
Examples:
  argosy explain unknown-variable
  argosy explain flow.yaml`,
    )
    .action((subject: string, flags: ExplainFlags) =>
      act(async () => (await import('./commands/explain.ts')).explain(subject, flags, terminal)),
    );
}

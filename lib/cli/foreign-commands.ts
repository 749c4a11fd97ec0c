/** Commands of `argo` that need a cluster or its server: they are known, and say what stands in their place. */
import { CliError, EXIT } from './exit-code.ts';
import type { Registry } from './registry.ts';

const INSTEAD: Readonly<Record<string, string>> = {
  watch: 'a run shows itself while it goes on; elsewhere: argosy get NAME',
  cp: 'artifacts of a local run lie in .argosy/NAME/store',
  convert: 'argosy lint tells which fields were removed from Argo, and what replaced them',
  cron: 'CronWorkflows are scheduled on AWS, with --stack NAME; here, argosy run runs one once',
  template:
    'here templates are files: give them to argosy run beside the workflow; AWS keeps them, with --stack NAME',
  'cluster-template':
    'here templates are files: give them to argosy run beside the workflow; AWS keeps them, with --stack NAME',
  archive: 'runs are kept until they are deleted: argosy list',
  sync: 'limits of semaphores come from the ConfigMaps among the files',
  auth: 'there is no server to log in to: AWS credentials are used',
  server: 'there is no server: AWS shows runs in its console, argosy get shows them here',
  'executor-plugin': 'executor plugins are sidecars of Kubernetes pods',
};

export function addForeignCommands({ program }: Registry): void {
  const known = new Set(program.commands.map((command) => command.name()));
  for (const [verb, instead] of Object.entries(INSTEAD)) {
    if (known.has(verb)) continue;
    program
      .command(verb, { hidden: true })
      .description(`not applicable: ${instead}`)
      .argument('[anything...]')
      .allowUnknownOption()
      .helpOption(false)
      .action(() => {
        throw new CliError(`"${verb}" does not apply here`, EXIT.usage, instead);
      });
  }
}

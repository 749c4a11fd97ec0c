/** Commands of `argo` that need a cluster or its server: they are known, and say what stands in their place. */
import { CliError, EXIT } from './exit-code.ts';
import type { Registry } from './registry.ts';

const INSTEAD: Readonly<Record<string, string>> = {
  watch: 'a run shows itself while it goes on; elsewhere: argosy get NAME',
  suspend: 'only suspend templates hold a local run; argosy resume lets them go on',
  node: 'argosy resume NAME -p name=value gives a suspended node its outputs',
  cp: 'artifacts of a local run lie in .argosy/NAME/store',
  convert: 'argosy lint tells which fields were removed from Argo, and what replaced them',
  cron: 'CronWorkflows are scheduled on AWS: upload the file to workflows/ of the bucket; here, argosy run runs one once',
  template: 'templates are files: give them to argosy run, lint or compile beside the workflow',
  'cluster-template': 'templates are files: give them to argosy run, lint or compile beside the workflow',
  archive: 'runs are kept until they are deleted: argosy list',
  sync: 'limits of semaphores come from the ConfigMaps among the files',
  auth: 'there is no server to log in to: AWS credentials are used',
  server: 'there is no server: AWS shows runs in its console, argosy get shows them here',
  'executor-plugin': 'executor plugins are sidecars of Kubernetes pods',
};

export function addForeignCommands({ program }: Registry): void {
  for (const [verb, instead] of Object.entries(INSTEAD)) {
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

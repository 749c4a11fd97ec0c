/** The Kubernetes API that `argosy run` was pointed at: never one that merely happens to be configured. */
import { resolve } from 'node:path';
import type { Cluster } from '../handlers/world.ts';
import { CliError } from './exit-code.ts';
import type { Terminal } from './terminal.ts';

export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly kubeContext?: string;
}

/** KUBECONFIG and ~/.kube/config are kubectl's, and do not count. */
const VARIABLE = 'ARGOSY_KUBECONFIG';

export async function clusterOf(
  flags: ClusterFlags,
  terminal: Terminal,
): Promise<{ readonly cluster?: Cluster }> {
  const file = flags.kubeconfig ?? terminal.env[VARIABLE];
  if (file === undefined || file === '') {
    if (flags.kubeContext !== undefined) throw new CliError('--kube-context needs --kubeconfig');
    return {};
  }
  const [{ readKubeconfig }, { httpsApi }, { readYamlValue }] = await Promise.all([
    import('./kubeconfig.ts'),
    import('../kubernetes/https-api.ts'),
    import('../compiler/1-parse/plain-value.ts'),
  ]);
  try {
    const context = readKubeconfig(resolve(terminal.cwd, file), readYamlValue, flags.kubeContext);
    const { connection, namespace = 'default' } = context;
    terminal.err.write(`${terminal.err.colors.dim(`cluster: ${context.name}, ${connection.server}`)}\n`);
    return { cluster: { api: httpsApi(connection), namespace } };
  } catch (error) {
    throw new CliError(`${file}: ${(error as Error).message}`);
  }
}

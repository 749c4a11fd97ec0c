/** The EKS cluster of the runtime: as templates are compiled for it, and as functions speak with it. */
import type { EksPlacement } from '../evaluate/bundle.ts';
import type { Cluster } from '../handlers/world.ts';
import { eksToken, TOKEN_LIFE_MS } from '../kubernetes/eks-token.ts';
import { httpsApi } from '../kubernetes/https-api.ts';
import type { AwsClients } from './clients.ts';
import type { Environment } from './environment.ts';

/** The function's own 15 minutes, less what it takes to begin and to end. */
const PATIENCE_MS = 13 * 60_000;
/** A token is used until a minute before its end. */
const SPARE_MS = 60_000;

/** How workflows are compiled where there is a cluster. */
export function eksPlacement({
  eksCluster,
  eksNamespace,
  eksByDefault,
}: Environment): EksPlacement | undefined {
  if (!eksCluster) return undefined;
  return { byDefault: eksByDefault === 'true', ...(eksNamespace && { namespace: eksNamespace }) };
}

export function eksCluster(
  environment: Environment,
  { credentials, now }: Pick<AwsClients, 'credentials' | 'now'>,
): Cluster | undefined {
  const { eksCluster: name, eksEndpoint, eksCertificateAuthority, eksNamespace, region } = environment;
  if (!name || !eksEndpoint) return undefined;
  let known: { readonly header: string; readonly until: number } | undefined;
  const authorization = async () => {
    if (known === undefined || known.until - SPARE_MS < now()) {
      const token = eksToken(name, region, await credentials(), now());
      known = { header: `Bearer ${token}`, until: now() + TOKEN_LIFE_MS };
    }
    return known.header;
  };
  const ca = Buffer.from(eksCertificateAuthority ?? '', 'base64').toString('utf8');
  return {
    api: httpsApi({ server: eksEndpoint, ...(ca !== '' && { ca }), authorization }),
    ...(eksNamespace && { namespace: eksNamespace }),
    patienceMs: PATIENCE_MS,
  };
}

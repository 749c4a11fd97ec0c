/**
 * Tokens with which a role of AWS is known to an EKS cluster: a presigned GetCallerIdentity for that cluster, as
 * `aws eks get-token` makes it (https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster).
 */
import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** The cluster honours a token for 15 minutes, and its signature a minute. */
export const TOKEN_LIFE_MS = 14 * 60_000;
const EXPIRES_SECONDS = '60';

export function eksToken(cluster: string, region: string, credentials: Credentials, now: number): string {
  const host = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = `${time.slice(0, 8)}/${region}/sts/aws4_request`;
  const query = queryText({
    Action: 'GetCallerIdentity',
    Version: '2011-06-15',
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
    'X-Amz-Date': time,
    'X-Amz-Expires': EXPIRES_SECONDS,
    ...(credentials.sessionToken && { 'X-Amz-Security-Token': credentials.sessionToken }),
    'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
  });
  const headers = `host:${host}\nx-k8s-aws-id:${cluster}\n`;
  const request = ['GET', '/', query, headers, 'host;x-k8s-aws-id', sha256('')].join('\n');
  const text = ['AWS4-HMAC-SHA256', time, scope, sha256(request)].join('\n');
  const key = [time.slice(0, 8), region, 'sts', 'aws4_request'].reduce<Buffer>(
    (secret, part) => hmac(secret, part),
    Buffer.from(`AWS4${credentials.secretAccessKey}`),
  );
  const url = `https://${host}/?${query}&X-Amz-Signature=${hmac(key, text).toString('hex')}`;
  return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
}

function queryText(parameters: Readonly<Record<string, string>>): string {
  const escaped = (text: string) =>
    encodeURIComponent(text).replace(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  return Object.entries(parameters)
    .map(([name, value]) => `${escaped(name)}=${escaped(value)}`)
    .sort()
    .join('&');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

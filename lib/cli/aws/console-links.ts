/** Addresses of the AWS console. */

const DOMAINS: readonly (readonly [prefix: string, domain: string])[] = [
  ['cn-', 'console.amazonaws.cn'],
  ['us-gov-', 'console.amazonaws-us-gov.com'],
];

function consoleOf(region: string): string {
  const domain = DOMAINS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'console.aws.amazon.com';
  return `https://${region}.${domain}`;
}

export function executionLink(region: string, executionArn: string): string {
  return `${consoleOf(region)}/states/home?region=${region}#/v2/executions/details/${executionArn}`;
}

export function objectLink(region: string, bucket: string, key: string): string {
  return `${consoleOf(region)}/s3/object/${bucket}?region=${region}&prefix=${encodeURIComponent(key)}`;
}

/** kubeconfig files: which server, and how one proves who one is. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Connection } from '../kubernetes/https-api.ts';

export interface KubeContext {
  readonly name: string;
  readonly connection: Connection;
  readonly namespace?: string;
}

interface Named<T> {
  readonly name?: string;
  readonly context?: T;
  readonly cluster?: T;
  readonly user?: T;
}

type Fields = Readonly<Record<string, unknown>>;

interface Config {
  readonly 'current-context'?: string;
  readonly contexts?: readonly Named<Fields>[];
  readonly clusters?: readonly Named<Fields>[];
  readonly users?: readonly Named<Fields>[];
}

/** Throws an Error that says what the file lacks. `chosen` is another context than the current one. */
export function readKubeconfig(
  file: string,
  readYaml: (text: string) => unknown,
  chosen?: string,
): KubeContext {
  const config = (readYaml(readFileSync(file, 'utf8')) ?? {}) as Config;
  const name = chosen ?? config['current-context'] ?? '';
  const context = config.contexts?.find((one) => one.name === name)?.context;
  if (context === undefined)
    throw new Error(name === '' ? 'it names no current context' : `it has no context ${name}`);
  const cluster = config.clusters?.find((one) => one.name === context['cluster'])?.cluster;
  if (typeof cluster?.['server'] !== 'string') throw new Error(`it has no server for context ${name}`);
  const user = config.users?.find((one) => one.name === context['user'])?.user ?? {};
  const at = (path: unknown) => resolve(dirname(file), String(path));
  const pem = (fields: Fields, field: string) => {
    const data = fields[`${field}-data`];
    if (typeof data === 'string') return Buffer.from(data, 'base64').toString('utf8');
    return typeof fields[field] === 'string' ? readFileSync(at(fields[field]), 'utf8') : undefined;
  };
  const ca = pem(cluster, 'certificate-authority');
  const cert = pem(user, 'client-certificate');
  const key = pem(user, 'client-key');
  const authorization = authorizationOf(user, at);
  const { namespace } = context;
  return {
    name,
    ...(typeof namespace === 'string' && namespace !== '' && { namespace }),
    connection: {
      server: cluster['server'],
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(cluster['insecure-skip-tls-verify'] === true && { skipsVerification: true }),
      ...(typeof cluster['tls-server-name'] === 'string' && { serverName: cluster['tls-server-name'] }),
      ...(authorization !== undefined && { authorization }),
    },
  };
}

function authorizationOf(
  user: Fields,
  at: (path: unknown) => string,
): Connection['authorization'] | undefined {
  const { token, tokenFile, username, password, exec } = user;
  if (typeof token === 'string') return async () => `Bearer ${token}`;
  if (typeof tokenFile === 'string')
    return async () => `Bearer ${readFileSync(at(tokenFile), 'utf8').trim()}`;
  if (typeof username === 'string') {
    const pair = Buffer.from(`${username}:${String(password ?? '')}`).toString('base64');
    return async () => `Basic ${pair}`;
  }
  return typeof exec === 'object' && exec !== null ? tokenProgram(exec as ExecConfig) : undefined;
}

interface ExecConfig {
  readonly command?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion?: string;
}

/** A program that prints a token, such as `aws eks get-token`: kept until shortly before it expires. */
function tokenProgram({
  command = '',
  args = [],
  env = [],
  apiVersion,
}: ExecConfig): Connection['authorization'] {
  let known: { readonly header: string; readonly until: number } | undefined;
  return async () => {
    if (known !== undefined && known.until > Date.now() + 60_000) return known.header;
    const info = { apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
    const more = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    const environment = { ...process.env, ...more, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
    const { status } = JSON.parse(await outputOf(command, args, environment)) as {
      readonly status?: { readonly token?: string; readonly expirationTimestamp?: string };
    };
    if (status?.token === undefined) throw new Error(`${command} printed no token`);
    const until =
      status.expirationTimestamp === undefined ? Date.now() : Date.parse(status.expirationTimestamp);
    known = { header: `Bearer ${status.token}`, until };
    return known.header;
  };
}

function outputOf(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((done, fail) => {
    execFile(command, args, { env, encoding: 'utf8' }, (error, stdout) =>
      error ? fail(error) : done(stdout),
    );
  });
}

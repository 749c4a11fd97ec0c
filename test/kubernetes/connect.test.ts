/** How a server is reached: kubeconfig files, tokens of EKS, HTTP as it happens. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eksCluster } from '../../lib/aws/eks-cluster.ts';
import { readKubeconfig } from '../../lib/cli/kubeconfig.ts';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import { isConnectionError } from '../../lib/kubernetes/api.ts';
import { eksToken } from '../../lib/kubernetes/eks-token.ts';
import { httpsApi } from '../../lib/kubernetes/https-api.ts';
import { ENVIRONMENT } from '../aws/fake-clients.ts';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const NOW = Date.parse('2026-11-23T10:00:00Z');

describe('tokens of EKS', () => {
  const urlOf = (token: string) =>
    Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString('utf8');
  const parts = (url: string) => [...new URL(url).searchParams].sort();

  // What RequestSigner.generate_presigned_url of botocore 1.43.11 gave for the same.
  it.each([
    [undefined, 'bc39ddafe7bc6f6a0c4d8c6f7be28e6194338e21af4e71d99266c3be6fa15a06'],
    ['FwoG/token+x==', '7bf4ef959eb5ed6931c421520ac752340e4917a817157fff496564c258a5c62a'],
  ])('are signed as botocore signs, session token %s', (sessionToken, signature) => {
    const url = urlOf(eksToken('main', 'eu-west-1', { ...KEYS, sessionToken }, NOW));
    expect(url).toMatch(/^https:\/\/sts\.eu-west-1\.amazonaws\.com\/\?/);
    expect(parts(url)).toContainEqual(['X-Amz-Signature', signature]);
    expect(parts(url)).toContainEqual(['X-Amz-SignedHeaders', 'host;x-k8s-aws-id']);
  });

  it('are made anew before they end, and not more often', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(String(request.headers.authorization));
      response.end('{}');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    let now = NOW;
    const environment = {
      ...ENVIRONMENT,
      eksCluster: 'main',
      eksNamespace: 'w',
      eksEndpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
    const cluster = eksCluster(environment, { credentials: async () => KEYS, now: () => now });
    for (const minutes of [0, 12, 14]) {
      now = NOW + minutes * 60_000;
      await cluster?.api({ method: 'GET', path: '/api' });
    }
    server.close();
    expect(new Set(seen).size).toBe(2);
    expect(seen[0]).toBe(seen[1]);
    expect(seen[0]).toMatch(/^Bearer k8s-aws-v1\./);
    expect(cluster).toMatchObject({ namespace: 'w', patienceMs: 780_000 });
    expect(eksCluster(ENVIRONMENT, { credentials: async () => KEYS, now: () => now })).toBeUndefined();
  });
});

describe('kubeconfig', () => {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-kube-'));
  const read = (text: string, context?: string) => {
    const file = join(folder, 'config');
    writeFileSync(file, text);
    return readKubeconfig(file, readYamlValue, context);
  };
  const config = (user: string) => `apiVersion: v1
kind: Config
current-context: one
contexts:
  - {name: one, context: {cluster: c, user: u, namespace: team}}
  - {name: two, context: {cluster: d, user: u}}
clusters:
  - {name: c, cluster: {server: 'https://c.test', certificate-authority-data: ${Buffer.from('CA').toString('base64')}}}
  - {name: d, cluster: {server: 'https://d.test', insecure-skip-tls-verify: true, tls-server-name: x}}
users:
  - {name: u, user: {${user}}}
`;

  it('names a server, a namespace, and who one is', async () => {
    const { connection, namespace } = read(config('token: secret'));
    expect(connection).toMatchObject({ server: 'https://c.test', ca: 'CA' });
    expect(namespace).toBe('team');
    expect(await connection.authorization?.()).toBe('Bearer secret');
    expect(read(config('token: secret'), 'two').connection).toMatchObject({
      server: 'https://d.test',
      skipsVerification: true,
      serverName: 'x',
    });
  });

  it('certificates, files of tokens, and programs that print one', async () => {
    writeFileSync(join(folder, 'token'), 'kept\n');
    const pem = Buffer.from('PEM').toString('base64');
    expect(read(config(`client-certificate-data: ${pem}, client-key-data: ${pem}`)).connection).toMatchObject(
      { cert: 'PEM', key: 'PEM' },
    );
    expect(await read(config('tokenFile: token')).connection.authorization?.()).toBe('Bearer kept');
    const printed = { status: { token: 'made', expirationTimestamp: '2999-01-01T00:00:00Z' } };
    writeFileSync(join(folder, 'print.sh'), `echo '${JSON.stringify(printed)}'`);
    const program = `exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [${join(folder, 'print.sh')}]}`;
    const { authorization } = read(config(program)).connection;
    expect(await authorization?.()).toBe('Bearer made');
  });

  it.each([
    ['current-context: none\n', 'it has no context none'],
    ['{}', 'it names no current context'],
    [config('token: a').replace("server: 'https://c.test', ", ''), 'it has no server for context one'],
  ])('says what is missing in %j', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('HTTP', () => {
  it('a server that is not there', async () => {
    const api = httpsApi({ server: 'http://127.0.0.1:1' });
    const thrown = await api({ method: 'GET', path: '/api' }).catch((error: unknown) => error);
    expect(isConnectionError(thrown)).toBe(true);
  });

  it('a path below the server, a query, a body', async () => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => {
        text += String(chunk);
      });
      request.on('end', () => {
        seen.push([request.method, request.url, request.headers['content-type'], text]);
        response.writeHead(201).end('é');
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const api = httpsApi({ server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/k8s/` });
    const answer = await api({
      method: 'POST',
      path: '/api',
      query: { a: 'b=c' },
      contentType: 'x/y',
      body: 'ü',
    });
    server.close();
    expect(answer).toEqual({ status: 201, body: 'é' });
    expect(seen).toEqual([['POST', '/k8s/api?a=b%3Dc', 'x/y', 'ü']]);
  });
});

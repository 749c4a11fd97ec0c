/**
 * Asks a registry what an image runs by itself: ECS needs it where a wrapper takes the place of the
 * entrypoint.
 */
import { asBag, asList, type Bag } from './bag.ts';

export interface ImageCommand {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
}

export interface ImageReference {
  readonly registry: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly version: string;
}

const MANIFESTS = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

const TIMEOUT_MS = 15_000;

/** As Docker reads names: https://github.com/distribution/reference */
export function imageReference(image: string): ImageReference {
  const [, first = '', rest] = /^([^/]+)\/(.+)$/.exec(image) ?? [];
  const hasRegistry = rest !== undefined && (/[.:]/.test(first) || first === 'localhost');
  const registry = hasRegistry ? first : 'docker.io';
  const path = hasRegistry ? (rest ?? '') : image;
  const [, name = path, version = 'latest'] =
    /^(.+?)(?::[\w][\w.-]*)?@(.+)$/.exec(path) ?? /^(.+?):([\w][\w.-]*)$/.exec(path) ?? [];
  const isOfficial = registry === 'docker.io' && !name.includes('/');
  return { registry, repository: isOfficial ? `library/${name}` : name, version };
}

export interface Registry {
  readonly fetch: typeof fetch;
  /** Value of an Authorization header for registries that want more than an anonymous token. */
  readonly authorization?: (registry: string) => Promise<string | undefined>;
}

export async function imageCommand(
  image: string,
  architecture: string,
  registry: Registry,
): Promise<ImageCommand> {
  const reference = imageReference(image);
  const host = reference.registry === 'docker.io' ? 'registry-1.docker.io' : reference.registry;
  const at = `https://${host}/v2/${reference.repository}`;
  const asked = {
    registry,
    host: reference.registry,
    authorization: await registry.authorization?.(reference.registry),
  };
  const manifest = await readManifest(asked, at, reference.version, architecture);
  const digest = String(asBag(manifest['config'])['digest'] ?? '');
  const config = asBag(asBag(await ask(asked, `${at}/blobs/${digest}`, 'application/json'))['config']);
  return { entrypoint: words(config['Entrypoint']), command: words(config['Cmd']) };
}

interface Asked {
  readonly registry: Registry;
  readonly host: string;
  authorization: string | undefined;
}

/** An image for several platforms has a list of manifests. */
async function readManifest(asked: Asked, at: string, version: string, architecture: string): Promise<Bag> {
  const found = asBag(await ask(asked, `${at}/manifests/${version}`, MANIFESTS));
  const list = asList(found['manifests']).map(asBag);
  if (list.length === 0) return found;
  const wanted = list.find((one) => {
    const platform = asBag(one['platform']);
    return platform['os'] === 'linux' && platform['architecture'] === architecture;
  });
  return asBag(await ask(asked, `${at}/manifests/${String((wanted ?? list[0])?.['digest'])}`, MANIFESTS));
}

async function ask(asked: Asked, url: string, accept: string): Promise<unknown> {
  const send = async () => {
    const { authorization } = asked;
    const headers = { accept, ...(authorization !== undefined && { authorization }) };
    return await asked.registry.fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  };
  let response = await send();
  if (response.status === 401) {
    asked.authorization = await anonymousToken(asked, response.headers.get('www-authenticate') ?? '');
    response = await send();
  }
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return await response.json();
}

/** https://distribution.github.io/distribution/spec/auth/token/ */
async function anonymousToken({ registry }: Asked, challenge: string): Promise<string> {
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const { realm, service, scope } = fields;
  if (!/^Bearer /i.test(challenge) || realm === undefined) throw new Error('the registry wants credentials');
  const query = new URLSearchParams({ ...(service && { service }), ...(scope && { scope }) });
  const response = await registry.fetch(`${realm}?${query}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${realm} answers ${response.status}`);
  const answer = asBag(await response.json());
  return `Bearer ${String(answer['token'] ?? answer['access_token'] ?? '')}`;
}

function words(value: unknown): readonly string[] {
  return asList(value).map(String);
}

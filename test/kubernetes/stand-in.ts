/**
 * A thin stand-in for an API server: create, get, list, replace, patch and delete of a few kinds, with strict field
 * validation by Kubernetes' own schema. What the same requests give on a real one is in measured.json.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { JsonObject, JsonValue } from '../../lib/protocol/json.ts';
import { jsonPatch, mergePatch, PatchFault, strategicPatch } from './patches.ts';
import { faultsOf, schemaOf, schemas } from './schema.ts';

export interface StandIn {
  readonly url: string;
  /** Objects by path. */
  readonly objects: Map<string, JsonObject>;
  /** `METHOD PATH STATUS` of each request but those of discovery. */
  readonly requests: string[];
  /** Answers in place of the server's own: a status, or undefined to go on. */
  fault?: ((method: string, path: string) => number | undefined) | undefined;
  readonly close: () => Promise<void>;
}

interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly shortNames?: readonly string[];
  readonly isClusterWide?: true;
  /** No part of Kubernetes: takes no strategic patches, and any field. */
  readonly isCustom?: true;
}

const KINDS: readonly Kind[] = [
  { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', shortNames: ['cm'] },
  { group: '', version: 'v1', kind: 'Secret', plural: 'secrets' },
  { group: '', version: 'v1', kind: 'Pod', plural: 'pods', shortNames: ['po'] },
  {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    shortNames: ['ns'],
    isClusterWide: true,
  },
  { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', shortNames: ['deploy'] },
  { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs' },
  { group: 'example.com', version: 'v1', kind: 'Frob', plural: 'frobs', shortNames: ['fr'], isCustom: true },
];

interface Answer {
  readonly status: number;
  readonly body: JsonValue;
}

export async function startStandIn(): Promise<StandIn> {
  const objects = new Map<string, JsonObject>();
  const requests: string[] = [];
  let version = 100;
  const next = () => {
    version += 1;
    return String(version);
  };
  for (const name of ['default', 'kube-system'])
    put(
      objects,
      `/api/v1/namespaces/${name}`,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      next,
    );
  const server: Server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const url = new URL(request.url ?? '/', 'http://stand-in');
      const method = request.method ?? 'GET';
      const status = standIn.fault?.(method, url.pathname);
      const answer =
        status === undefined
          ? handle(objects, next, { method, url, text, type: request.headers['content-type'] ?? '' })
          : failure(status, 'ServiceUnavailable', 'the server is busy');
      if (!/^\/(api|apis|openapi)(\/v3.*)?$/.test(url.pathname))
        requests.push(`${method} ${url.pathname}${url.search} ${answer.status}`);
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const standIn: StandIn = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
  return standIn;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

interface Request {
  readonly method: string;
  readonly url: URL;
  readonly text: string;
  readonly type: string;
}

function handle(objects: Map<string, JsonObject>, next: () => string, request: Request): Answer {
  const { pathname } = request.url;
  if (pathname === '/api' || pathname === '/apis')
    return { status: 200, body: discovery(pathname === '/api') };
  if (pathname.startsWith('/openapi/v3/')) return openApi(pathname.slice('/openapi/v3/'.length));
  const found = place(pathname);
  if (found === undefined)
    return failure(404, 'NotFound', 'the server could not find the requested resource');
  const { kind, collection, name } = found;
  const resource = `${kind.plural}${kind.group === '' ? '' : `.${kind.group}`}`;
  const missing = failure(404, 'NotFound', `${resource} "${name}" not found`);
  const isDry = request.url.searchParams.has('dryRun') || request.text.includes('"dryRun":["All"]');
  switch (request.method) {
    case 'GET':
      if (name === undefined) return { status: 200, body: list(objects, kind, collection, request.url) };
      return objects.has(pathname) ? { status: 200, body: objects.get(pathname)! } : missing;
    case 'POST':
      return create(objects, next, request, found);
    case 'PUT': {
      if (!objects.has(pathname)) return missing;
      const object = JSON.parse(request.text) as JsonObject;
      return store(objects, next, { ...found, path: pathname, resource }, object, request);
    }
    case 'PATCH':
      return patch(objects, next, request, { ...found, path: pathname, resource });
    default: {
      const object = objects.get(pathname);
      if (object === undefined) return missing;
      if (!isDry) objects.delete(pathname);
      const details = {
        name: name ?? '',
        kind: kind.plural,
        uid: (object['metadata'] as JsonObject)['uid'] ?? '',
      };
      return { status: 200, body: { kind: 'Status', status: 'Success', details } };
    }
  }
}

interface Place {
  readonly kind: Kind;
  readonly collection: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
}

function place(path: string): Place | undefined {
  const [, group = '', version, namespace, plural, name] =
    /^\/(?:api|apis\/([^/]+))\/([^/]+)(?:\/namespaces\/([^/]+)(?=\/))?\/([^/]+)(?:\/([^/]+))?$/.exec(path) ??
    [];
  const kind = KINDS.find((one) => one.group === group && one.version === version && one.plural === plural);
  if (kind === undefined) return undefined;
  const collection = name === undefined ? path : path.slice(0, -name.length - 1);
  return { kind, collection, namespace, name };
}

function discovery(isCore: boolean): JsonValue {
  const groups = [...new Set(KINDS.map(({ group }) => group))].filter((group) => (group === '') === isCore);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    items: groups.map((group) => ({
      metadata: { name: group },
      versions: [
        {
          version: 'v1',
          resources: KINDS.filter((one) => one.group === group).map((one) => ({
            resource: one.plural,
            responseKind: { group, version: one.version, kind: one.kind },
            scope: one.isClusterWide ? 'Cluster' : 'Namespaced',
            singularResource: one.kind.toLowerCase(),
            shortNames: one.shortNames ?? [],
            verbs: [],
          })),
        },
      ],
    })),
  };
}

function openApi(path: string): Answer {
  const [, group = ''] = /^apis\/([^/]+)/.exec(path) ?? [];
  const own = KINDS.filter((one) => one.group === group);
  const paths = own.map(({ plural, version, kind, isCustom }) => [
    `/${path}/${plural}/{name}`,
    {
      patch: {
        requestBody: {
          content: {
            'application/merge-patch+json': {},
            ...(!isCustom && { 'application/strategic-merge-patch+json': {} }),
          },
        },
        'x-kubernetes-group-version-kind': { group, version, kind },
      },
    },
  ]);
  return {
    status: 200,
    body: { paths: Object.fromEntries(paths), components: { schemas } } as unknown as JsonValue,
  };
}

function list(objects: ReadonlyMap<string, JsonObject>, kind: Kind, collection: string, url: URL): JsonValue {
  const wanted = (url.searchParams.get('labelSelector') ?? '').split(',').filter((one) => one !== '');
  const items = [...objects]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([path]) => path.startsWith(`${collection}/`))
    .map(([, object]) => object);
  const labels = (object: JsonObject) => ((object['metadata'] as JsonObject)['labels'] ?? {}) as JsonObject;
  return {
    apiVersion: 'v1',
    kind: `${kind.kind}List`,
    items: items.filter((object) =>
      wanted.every((one) => `${one.split('=')[0]}=${labels(object)[one.split('=')[0]!]}` === one),
    ),
  };
}

function create(objects: Map<string, JsonObject>, next: () => string, request: Request, at: Place): Answer {
  const object = JSON.parse(request.text) as JsonObject;
  const { kind, collection, namespace } = at;
  const metadata = (object['metadata'] ?? {}) as { readonly name?: string; readonly generateName?: string };
  const name =
    metadata.name ??
    (metadata.generateName && `${metadata.generateName}${randomBytes(3).toString('hex').slice(0, 5)}`);
  const resource = `${kind.plural}${kind.group === '' ? '' : `.${kind.group}`}`;
  if (namespace !== undefined && !objects.has(`/api/v1/namespaces/${namespace}`))
    return failure(404, 'NotFound', `namespaces "${namespace}" not found`);
  const invalid = nameFault(kind, name);
  if (invalid !== undefined) return invalid;
  const path = `${collection}/${name}`;
  if (objects.has(path)) return failure(409, 'AlreadyExists', `${resource} "${name}" already exists`);
  const named = { ...object, metadata: { ...metadata, name: name ?? '', uid: randomUUID() } } as JsonObject;
  const stored = store(objects, next, { kind, path, resource }, named, request);
  return stored.status === 200 ? { ...stored, status: 201 } : stored;
}

function nameFault(kind: Kind, name: string | undefined): Answer | undefined {
  const fault = (text: string) => ({
    status: 422,
    body: {
      kind: 'Status',
      status: 'Failure',
      reason: 'Invalid',
      message: `${kind.kind} "${name ?? ''}" is invalid: metadata.name: ${text}`,
      details: { kind: kind.kind, name: name ?? '', causes: [{ field: 'metadata.name', message: text }] },
    },
  });
  if (name === undefined || name === '') return fault('Required value: name or generateName is required');
  if (/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) return undefined;
  return fault(
    `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', ` +
      "and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
      "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  );
}

interface Storing {
  readonly kind: Kind;
  readonly path: string;
  readonly resource: string;
}

function store(
  objects: Map<string, JsonObject>,
  next: () => string,
  at: Storing,
  object: JsonObject,
  request: Request,
): Answer {
  const { kind, path } = at;
  const unknown = kind.isCustom ? [] : faultsOf(object).filter((one) => one.startsWith('unknown field'));
  if (unknown.length > 0 && request.url.searchParams.get('fieldValidation') === 'Strict')
    return failure(
      400,
      'BadRequest',
      `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: strict decoding error: ${unknown.join(', ')}`,
    );
  if (request.url.searchParams.has('dryRun')) return { status: 200, body: object };
  return { status: 200, body: put(objects, path, object, next) };
}

function put(
  objects: Map<string, JsonObject>,
  path: string,
  object: JsonObject,
  next: () => string,
): JsonObject {
  const stored = { ...object, metadata: { ...(object['metadata'] as JsonObject), resourceVersion: next() } };
  objects.set(path, stored);
  return stored;
}

function patch(
  objects: Map<string, JsonObject>,
  next: () => string,
  request: Request,
  at: Storing & { readonly name: string | undefined },
): Answer {
  const before = objects.get(at.path);
  const change = JSON.parse(request.text) as JsonValue;
  if (request.type === 'application/apply-patch+yaml') {
    const merged = mergePatch(before, change) as JsonObject;
    const answer = store(objects, next, at, merged, request);
    return before === undefined && answer.status === 200 ? { ...answer, status: 201 } : answer;
  }
  if (before === undefined) return failure(404, 'NotFound', `${at.resource} "${at.name}" not found`);
  const { kind } = at;
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  try {
    switch (request.type) {
      case 'application/json-patch+json':
        return store(objects, next, at, jsonPatch(before, change as never) as JsonObject, request);
      case 'application/merge-patch+json':
        return store(objects, next, at, mergePatch(before, change) as JsonObject, request);
      case 'application/strategic-merge-patch+json':
        if (kind.isCustom) break;
        return store(
          objects,
          next,
          at,
          strategicPatch(before, change, schemaOf(apiVersion, kind.kind) ?? {}) as JsonObject,
          request,
        );
    }
  } catch (error) {
    if (!(error instanceof PatchFault)) throw error;
    return failure(422, 'Invalid', 'the server rejected our request due to an error in our request');
  }
  return failure(
    415,
    'UnsupportedMediaType',
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, ' +
      'application/merge-patch+json, application/apply-patch+yaml',
  );
}

function failure(status: number, reason: string, message: string): Answer {
  return {
    status,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, reason, code: status },
  };
}

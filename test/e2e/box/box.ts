/** AWS in a box: one address on this machine at which the services that Argosy uses answer in their own protocols. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { Engine } from '../../../lib/engines/engine.ts';
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import type { StandIn } from '../../kubernetes/stand-in.ts';
import { bucketView, guardedView } from './bucket-view.ts';
import { createEcs, type Ecs, type EcsSurroundings, ecsService } from './ecs.ts';
import { createEks, type EksSurroundings } from './eks.ts';
import { type EventBus, eventBus } from './events.ts';
import {
  type AwsError,
  awsError,
  type BoxRequest,
  isAwsError,
  jsonFault,
  jsonService,
  readRequest,
  type Service,
  send,
  text,
} from './http.ts';
import { createIam, type Iam, signerOf } from './iam.ts';
import { createLambdas, type Lambdas, lambdaService } from './lambda.ts';
import { createLogs, type LogGroups } from './logs.ts';
import { ACCOUNT, createMachines, type Execution, type Machines } from './machines.ts';
import { type ObjectChange, type ObjectStore, objectStore } from './object-store.ts';
import { queryService } from './query.ts';
import { requestedCalls, secretCall } from './requested-calls.ts';
import { s3Fault, s3Service } from './s3.ts';
import { createSchedules, type Schedules } from './scheduler.ts';
import { statesService } from './states.ts';
import { boxTaskHost } from './tasks.ts';

export interface Box {
  /** For AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly objects: ObjectStore;
  readonly machines: Machines;
  readonly lambdas: Lambdas;
  readonly iam: Iam;
  readonly ecs: Ecs;
  readonly bus: EventBus;
  readonly schedules: Schedules;
  readonly logs: LogGroups;
  /** Secrets by name: their text. */
  readonly secrets: Map<string, string>;
  /** Outputs of CloudFormation stacks. */
  readonly stacks: Map<string, Readonly<Record<string, string>>>;
  /** Calls so far, such as `AWSStepFunctions.DescribeExecution`; S3 as `S3.GET`. */
  readonly calls: ReadonlyMap<string, number>;
  readonly close: () => Promise<void>;
}

export interface BoxOptions {
  readonly engine: Engine;
  /** Folder of volume claims. */
  readonly claims: string;
  /** Beginning of names of secrets that are a Kubernetes Secret's. */
  readonly secretsPrefix: string;
  /** Bucket in which tasks find what they must know. */
  readonly bucket: string;
  readonly fault?: EcsSurroundings['fault'];
  /** The cluster of `eks:runJob`. @default none */
  readonly cluster?: StandIn;
  readonly isMute?: EksSurroundings['isMute'];
  /**
   * What becomes of a call in place of its answer. `operation` as in `calls`, or as a machine names it, such as
   * `states:startExecution`; `given`: the body, or the arguments.
   */
  readonly refuse?: (operation: string, given: string) => AwsError | undefined;
  /** Told what functions print. */
  readonly onFunctionLog?: (name: string, line: string) => void;
}

export async function startBox(options: BoxOptions): Promise<Box> {
  const iam = createIam();
  const bus = eventBus();
  const objects = objectStore((change) => announceObject(bus, change));
  const logs = createLogs();
  const secrets = new Map<string, string>();
  const stacks = new Map<string, Readonly<Record<string, string>>>();
  const lambdas = createLambdas((name, line) => {
    logs.put(`/aws/lambda/${name}`, 'box', line);
    options.onFunctionLog?.(name, line);
  });
  const blobs = bucketView(objects, options.bucket);
  const ecs = createEcs({
    engine: options.engine,
    blobs: (role) => guardedView(blobs, options.bucket, (call) => iam.check(role, [call])),
    check: iam.check,
    tokens: () => machines.tokens,
    claims: options.claims,
    secret: (name, role) => {
      iam.check(role, [secretCall(`${options.secretsPrefix}${name}`)]);
      return dataOf(secrets.get(`${options.secretsPrefix}${name}`));
    },
    onLog: (task, line) => {
      const containers = (task.definition.fields['containerDefinitions'] ?? []) as readonly JsonObject[];
      const found = containers.find((one) => one['name'] === line.container);
      const settings = ((found?.['logConfiguration'] as JsonObject | undefined)?.['options'] ??
        {}) as JsonObject;
      const group = settings['awslogs-group'];
      if (group === undefined) return;
      const stream = `${text(settings['awslogs-stream-prefix'])}/${line.container}/${task.arn.split('/').at(-1)}`;
      logs.put(text(group), stream, line.line);
    },
    ...(options.fault === undefined ? {} : { fault: options.fault }),
  });
  const { cluster, engine, claims, isMute } = options;
  const pods = { engine, blobs, claims, tokens: () => machines.tokens, ...(isMute && { isMute }) };
  const eks = cluster && createEks({ ...pods, cluster });
  const machines = createMachines({
    tasks: (role) =>
      boxTaskHost({
        lambdas,
        ecs,
        machines: () => machines,
        check: (...calls) => iam.check(role, calls),
        refuse: (operation, given) => options.refuse?.(operation, JSON.stringify(given)),
        ...(eks && { eks }),
      }),
    objects: {
      read: async (bucket, key) => objects.get(bucket, key)?.data,
      list: async (bucket, prefix) =>
        objects.list(bucket, prefix).map((one) => ({
          key: one.key,
          size: one.data?.length ?? 0,
          etag: one.etag,
          lastModified: one.modified,
        })),
      write: async (bucket, key, body) => void objects.put(bucket, key, Buffer.from(body)),
    },
    onStatus: (execution) => announceExecution(bus, execution),
  });
  const schedules = createSchedules(async (arn, event, role) => {
    iam.check(role, [{ action: 'lambda:InvokeFunction', resources: [arn] }]);
    return await lambdas.invoke(arn, event);
  });
  const services: Readonly<Record<string, Service>> = {
    AWSStepFunctions: statesService(machines),
    AmazonEC2ContainerServiceV20141113: ecsService(ecs),
    Logs_20140328: logs.service,
    secretsmanager: secretsService(secrets),
  };
  const s3 = s3Service(objects);
  const query = queryService(stacks);
  const lambda = lambdaService(lambdas);
  const dynamo = dynamoServer();
  const calls = new Map<string, number>();
  const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await readRequest(incoming);
    const target = request.headers['x-amz-target'] ?? '';
    const service =
      services[target.split('.')[0]!] ?? otherService(request, { s3, query, lambda, schedules });
    const operation = target === '' ? `${service === s3 ? 'S3' : 'other'}.${request.method}` : target;
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
    try {
      const signer = signerOf(request.headers['authorization']);
      if (signer !== undefined) iam.check(signer, requestedCalls(request));
      const refusal = options.refuse?.(operation, request.body.toString('utf8'));
      if (refusal !== undefined) throw refusal;
    } catch (thrown) {
      if (!isAwsError(thrown)) throw thrown;
      return send(response, operation.startsWith('S3.') ? s3Fault(thrown) : jsonFault(thrown));
    }
    if (target.startsWith('DynamoDB_')) dynamo.emit('request', replayed(incoming, request), response);
    else send(response, await service(request));
  };
  const server = createServer((incoming, response) => {
    answer(incoming, response).catch((error: unknown) => send(response, jsonFault(error)));
  });
  await listen(server);
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    objects,
    machines,
    lambdas,
    iam,
    ecs,
    bus,
    schedules,
    logs,
    secrets,
    stacks,
    calls,
    close: async () => {
      await machines.close();
      await bus.settled();
      await ecs.close();
      await lambdas.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A request whose body was read already, for a server that reads it. */
function replayed({ method, url, headers }: IncomingMessage, { body }: BoxRequest): Readable {
  return Object.assign(Readable.from([body]), { method, url, headers });
}

interface Others {
  readonly s3: Service;
  readonly query: Service;
  readonly lambda: Service;
  readonly schedules: Schedules;
}

/** Services whose requests are known by their form or path. */
function otherService({ path, headers }: BoxRequest, others: Others): Service {
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return others.query;
  if (path.startsWith('/2015-03-31/functions/')) return others.lambda;
  const isScheduler = headers['authorization']?.includes('/scheduler/aws4_request');
  return isScheduler ? others.schedules.service : others.s3;
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
}

function dynamoServer(): Server {
  const dynalite = createRequire(import.meta.url)('dynalite') as (options: object) => Server;
  return dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
}

function secretsService(secrets: ReadonlyMap<string, string>): Service {
  return jsonService({
    GetSecretValue: (input) => {
      const name = text(input['SecretId']);
      const value = secrets.get(name);
      if (value === undefined)
        throw awsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      return { Name: name, SecretString: value };
    },
  });
}

function dataOf(value: string | undefined): Readonly<Record<string, string>> | undefined {
  return value === undefined ? undefined : (JSON.parse(value) as Record<string, string>);
}

function announceObject(bus: EventBus, { kind, bucket, version, reason }: ObjectChange): void {
  const { key, data, etag, versionId } = version;
  const isNew = kind === 'Created';
  const object = { key, 'version-id': versionId, sequencer: versionId };
  bus.put(
    'aws.s3',
    `Object ${kind}`,
    {
      version: '0',
      bucket: { name: bucket },
      object: isNew ? { ...object, size: data?.length ?? 0, etag } : object,
      'request-id': 'box',
      requester: ACCOUNT,
      reason,
      ...(isNew ? {} : { 'deletion-type': 'Delete Marker Created' }),
    },
    [`arn:aws:s3:::${bucket}`],
  );
}

function announceExecution(bus: EventBus, one: Execution): void {
  const detail: Record<string, JsonValue> = {
    executionArn: one.arn,
    stateMachineArn: one.machineArn,
    name: one.name,
    status: one.status,
    startDate: one.startDate.getTime(),
    stopDate: one.stopDate?.getTime() ?? null,
    input: one.input,
    output: one.output ?? null,
    inputDetails: { included: true },
    outputDetails: one.output === undefined ? null : { included: true },
    error: one.error ?? null,
    cause: one.cause ?? null,
  };
  bus.put('aws.states', 'Step Functions Execution Status Change', detail, [one.arn]);
}

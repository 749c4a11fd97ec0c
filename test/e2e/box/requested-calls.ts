/**
 * What a request asks of IAM: the actions and resources of the Service Authorization Reference, with those that come
 * along, such as tags and roles that are passed on.
 */
import type { JsonObject } from '../../../lib/protocol/json.ts';
import { type BoxRequest, text } from './http.ts';
import type { Call } from './iam.ts';
import { ACCOUNT, REGION } from './machines.ts';

/** By the service of the request's signature. */
export function requestedCalls(request: BoxRequest): readonly Call[] {
  const service = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers['authorization'] ?? '')?.[1];
  const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
  switch (service) {
    case 's3':
      return objectCalls(request);
    case 'dynamodb':
      return [tableCall(operation, bodyOf(request))];
    case 'states':
      return stateCalls(operation, bodyOf(request));
    case 'ecs':
      return taskCalls(operation, bodyOf(request));
    case 'scheduler':
      return scheduleCalls(request);
    case 'secretsmanager':
      return [secretCall(text(bodyOf(request)['SecretId']))];
    default:
      return [{ action: `${service}:${operation || request.path}`, resources: ['*'] }];
  }
}

function bodyOf({ body }: BoxRequest): JsonObject {
  return (body.length === 0 ? {} : JSON.parse(body.toString('utf8'))) as JsonObject;
}

export function arnOf(service: string, resource: string): string {
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
}

function objectCalls({ method, path, query, headers }: BoxRequest): readonly Call[] {
  const [, bucket = '', ...rest] = path.split('/');
  const key = decodeURIComponent(rest.join('/'));
  const call = (action: string, place = `${bucket}/${key}`): Call => ({
    action: `s3:${action}`,
    resources: [`arn:aws:s3:::${place}`],
  });
  if (key === '') return [call(query.has('versions') ? 'ListBucketVersions' : 'ListBucket', bucket)];
  const version = query.has('versionId') ? 'Version' : '';
  if (method === 'GET' || method === 'HEAD') return [call(`GetObject${version}`)];
  if (method === 'DELETE')
    return [call(query.has('uploadId') ? 'AbortMultipartUpload' : `DeleteObject${version}`)];
  const source = headers['x-amz-copy-source'];
  const from = source === undefined ? [] : [call('GetObject', decodeURIComponent(source).replace(/^\//, ''))];
  return [...from, call('PutObject')];
}

function tableCall(operation: string, { TableName, IndexName }: JsonObject): Call {
  const table = arnOf('dynamodb', `table/${text(TableName)}`);
  return {
    action: `dynamodb:${operation}`,
    resources: [IndexName === undefined ? table : `${table}/index/${text(IndexName)}`],
  };
}

function stateCalls(operation: string, body: JsonObject): readonly Call[] {
  const { stateMachineArn, executionArn, resourceArn } = body;
  const found = stateMachineArn ?? executionArn ?? resourceArn;
  const action = `states:${operation}`;
  if (operation !== 'CreateStateMachine')
    return [{ action, resources: [found === undefined ? '*' : text(found)] }];
  const machine = arnOf('states', `stateMachine:${text(body['name'])}`);
  const role = text(body['roleArn']);
  const logs = body['loggingConfiguration'] === undefined ? [] : DELIVERY;
  return [
    { action, resources: [machine] },
    ...(body['tags'] === undefined ? [] : [{ action: 'states:TagResource', resources: [machine] }]),
    ...passes([role], 'states.amazonaws.com'),
    ...logs.flatMap((one) => [one, { ...one, by: role }]),
  ];
}

/** SFN-DG/cw-logs, "IAM Policies for logging to CloudWatch Logs". */
const DELIVERY: readonly Call[] = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
].map((one) => ({ action: `logs:${one}`, resources: ['*'] }));

function taskCalls(operation: string, body: JsonObject): readonly Call[] {
  const action = `ecs:${operation}`;
  const cluster = arnOf('ecs', `cluster/${text(body['cluster']).split('/').at(-1)}`);
  const context = { 'ecs:cluster': cluster };
  const arnOfTask = (task: string) =>
    task.startsWith('arn:') ? task : arnOf('ecs', `task/${cluster.split('/').at(-1)}/${task}`);
  switch (operation) {
    case 'RegisterTaskDefinition':
      return definitionCalls(body);
    case 'StopTask':
      return [{ action, resources: [arnOfTask(text(body['task']))], context }];
    case 'DescribeTasks':
      return [{ action, resources: ((body['tasks'] ?? []) as readonly string[]).map(arnOfTask), context }];
    default:
      return [{ action, resources: ['*'], context }];
  }
}

function definitionCalls(body: JsonObject): readonly Call[] {
  const resources = [arnOf('ecs', `task-definition/${text(body['family'])}:1`)];
  const context = { 'ecs:CreateAction': 'RegisterTaskDefinition' };
  return [
    { action: 'ecs:RegisterTaskDefinition', resources },
    ...(body['tags'] === undefined ? [] : [{ action: 'ecs:TagResource', resources, context }]),
    ...passes([body['taskRoleArn'], body['executionRoleArn']], 'ecs-tasks.amazonaws.com'),
  ];
}

export function passes(roles: readonly unknown[], service: string): readonly Call[] {
  const resources = roles.filter((one): one is string => typeof one === 'string');
  return [{ action: 'iam:PassRole', resources, context: { 'iam:PassedToService': service } }];
}

function scheduleCalls(request: BoxRequest): readonly Call[] {
  const { method, path, query } = request;
  const name = /^\/schedules\/([^/]+)$/.exec(path)?.[1];
  if (name === undefined) return [{ action: 'scheduler:ListSchedules', resources: ['*'] }];
  const body = bodyOf(request);
  const group = text(body['GroupName']) || (query.get('groupName') ?? 'default');
  const verbs: Readonly<Record<string, string>> = {
    POST: 'Create',
    PUT: 'Update',
    DELETE: 'Delete',
    GET: 'Get',
  };
  const role = (body['Target'] as JsonObject | undefined)?.['RoleArn'];
  return [
    {
      action: `scheduler:${verbs[method]}Schedule`,
      resources: [arnOf('scheduler', `schedule/${group}/${decodeURIComponent(name)}`)],
    },
    ...(role === undefined ? [] : passes([role], 'scheduler.amazonaws.com')),
  ];
}

/** Secrets Manager ends ARNs at random. */
export function secretCall(name: string): Call {
  return {
    action: 'secretsmanager:GetSecretValue',
    resources: [arnOf('secretsmanager', `secret:${name}-AbCdEf`)],
  };
}

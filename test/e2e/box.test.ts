/** The box itself: the SDK's own clients find in it what they would find in AWS. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  DescribeTasksCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateScheduleCommand, GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../lib/engines/engine.ts';
import type { JsonObject } from '../../lib/protocol/json.ts';
import { type Box, startBox } from './box/box.ts';
import { matchesPattern } from './box/events.ts';
import { accessKeyOf } from './box/iam.ts';

const ENGINE: Engine = {
  name: 'none',
  description: 'Every task succeeds at once.',
  runTask: async () => ({ node: 'n', phase: 'Succeeded' }),
  stop: async () => undefined,
  close: async () => undefined,
};

let box: Box;
let folder: string;
let config: {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'argosy-box-'));
  box = await startBox({ engine: ENGINE, claims: folder, bucket: 'b', secretsPrefix: 's/' });
  box.iam.addPolicies([policyOf('r', { Effect: 'Allow', Action: ['*'], Resource: ['*'] })]);
  config = {
    endpoint: box.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'box', secretAccessKey: 'box' },
  };
});

const policyOf = (role: string, ...Statement: readonly JsonObject[]) => ({
  id: `${role} policy`,
  type: 'AWS::IAM::Policy',
  properties: { Roles: [role], PolicyDocument: { Statement } },
});

afterAll(async () => {
  await box.close();
  await rm(folder, { recursive: true });
});

test('objects keep their versions, and streams their bytes', async () => {
  const s3 = new S3Client(config);
  const key = 'a b/ü+&<.txt';
  const first = await s3.send(new PutObjectCommand({ Bucket: 'b', Key: key, Body: 'one' }));
  const bytes = Buffer.alloc(200_000, 7);
  const stream = Readable.from([bytes.subarray(0, 70_000), bytes.subarray(70_000)]);
  await s3.send(new PutObjectCommand({ Bucket: 'b', Key: key, Body: stream, ContentLength: bytes.length }));
  const second = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: key }));
  expect(Buffer.from(await second.Body!.transformToByteArray()).equals(bytes)).toBe(true);
  const old = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: key, VersionId: first.VersionId! }));
  expect(await old.Body!.transformToString()).toBe('one');
  const part = await s3.send(new GetObjectCommand({ Bucket: 'b', Key: key, Range: 'bytes=1-3' }));
  expect((await part.Body!.transformToByteArray()).length).toBe(3);
  await s3.send(
    new CopyObjectCommand({ Bucket: 'b', Key: 'copy', CopySource: `b/${encodeURIComponent(key)}` }),
  );
  const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'b' }));
  expect(listed.Contents?.map((one) => [one.Key, one.Size])).toEqual([
    [key, 200_000],
    ['copy', 200_000],
  ]);
  const refused = s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'copy', Body: '', IfNoneMatch: '*' }));
  await expect(refused).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await s3.send(new DeleteObjectCommand({ Bucket: 'b', Key: key }));
  const gone = s3.send(new GetObjectCommand({ Bucket: 'b', Key: key }));
  await expect(gone).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('listings come in pages and folders', async () => {
  const s3 = new S3Client(config);
  for (const key of ['x/1', 'x/2', 'y', 'z/1'])
    await s3.send(new PutObjectCommand({ Bucket: 'p', Key: key, Body: 'x' }));
  const first = await s3.send(new ListObjectsV2Command({ Bucket: 'p', Delimiter: '/', MaxKeys: 2 }));
  expect(first.CommonPrefixes?.map((one) => one.Prefix)).toEqual(['x/']);
  expect(first.Contents?.map((one) => one.Key)).toEqual(['y']);
  const token = first.NextContinuationToken!;
  const rest = await s3.send(
    new ListObjectsV2Command({ Bucket: 'p', Delimiter: '/', ContinuationToken: token }),
  );
  expect(rest.CommonPrefixes?.map((one) => one.Prefix)).toEqual(['z/']);
});

test('functions and tasks do the work of a machine; its history comes in pages', async () => {
  await writeFile(
    join(folder, 'double.mjs'),
    `export const handler = async ({ n }) => {
      if (n < 0) throw Object.assign(new Error('negative'), { name: 'Too.Small' });
      return { twice: 2 * n, from: process.env.WHO };
    };`,
  );
  box.lambdas.add({
    name: 'double',
    file: join(folder, 'double.mjs'),
    environment: { WHO: 'box' },
    timeoutSeconds: 5,
  });
  const ecs = new ECSClient(config);
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'f',
      containerDefinitions: [{ name: 'main', image: 'busybox' }],
    }),
  );
  const sfn = new SFNClient(config);
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'Double',
    States: {
      Double: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Arguments: { FunctionName: 'double', Payload: { n: '{% $states.input.n %}' } },
        Assign: { answer: '{% $states.result.Payload %}' },
        Catch: [
          { ErrorEquals: ['Too.Small'], Next: 'Caught', Assign: { why: '{% $states.errorOutput.Cause %}' } },
        ],
        Next: 'Run',
      },
      Run: {
        Type: 'Task',
        Resource: 'arn:aws:states:::ecs:runTask.sync',
        Arguments: { TaskDefinition: taskDefinition!.taskDefinitionArn, Cluster: 'c' },
        Output: '{% {"answer": $answer, "status": $states.result.LastStatus} %}',
        End: true,
      },
      Caught: { Type: 'Pass', Output: '{% $parse($why).errorMessage %}', End: true },
    },
  };
  const made = await sfn.send(
    new CreateStateMachineCommand({
      name: 'm',
      definition: JSON.stringify(definition),
      roleArn: 'arn:aws:iam::0:role/r',
    }),
  );
  const start = (name: string, n: number) =>
    sfn.send(
      new StartExecutionCommand({
        stateMachineArn: made.stateMachineArn!,
        name,
        input: JSON.stringify({ n }),
      }),
    );
  const { executionArn } = await start('one', 4);
  await box.machines.executions.get(executionArn!)!.done;
  const ended = await sfn.send(new DescribeExecutionCommand({ executionArn: executionArn! }));
  expect(ended.status).toBe('SUCCEEDED');
  expect(JSON.parse(ended.output!)).toEqual({ answer: { twice: 8, from: 'box' }, status: 'STOPPED' });
  await expect(start('one', 4)).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
  const types: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({
        executionArn: executionArn!,
        maxResults: 4,
        ...(nextToken && { nextToken }),
      }),
    );
    expect(page.events!.length).toBeLessThanOrEqual(4);
    types.push(...page.events!.map(({ type }) => type!));
    nextToken = page.nextToken;
  } while (nextToken);
  expect(types).toEqual([
    'ExecutionStarted',
    ...['TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSucceeded', 'TaskStateExited'],
    ...[
      'TaskStateEntered',
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
      'TaskStateExited',
    ],
    'ExecutionSucceeded',
  ]);
  const bad = await start('two', -1);
  await box.machines.executions.get(bad.executionArn!)!.done;
  const caught = await sfn.send(new DescribeExecutionCommand({ executionArn: bad.executionArn! }));
  expect(caught.output).toBe('"negative"');
  const listed = await sfn.send(new ListExecutionsCommand({ stateMachineArn: made.stateMachineArn! }));
  expect(listed.executions!.map(({ name }) => name)).toEqual(['two', 'one']);
});

test('executions stop when they are told to, and rules hear of it', async () => {
  const heard: string[] = [];
  box.bus.addRule({
    name: 'ended',
    pattern: { source: ['aws.states'], detail: { status: ['ABORTED'] } },
    target: async (event) => void heard.push(String((event['detail'] as { cause?: string }).cause)),
  });
  const sfn = new SFNClient(config);
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'W',
    States: { W: { Type: 'Wait', Seconds: 600, End: true } },
  };
  const made = await sfn.send(
    new CreateStateMachineCommand({ name: 'w', definition: JSON.stringify(definition), roleArn: 'r' }),
  );
  const { executionArn } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn: made.stateMachineArn! }),
  );
  await sfn.send(new StopExecutionCommand({ executionArn: executionArn!, error: 'E', cause: 'enough' }));
  await box.machines.executions.get(executionArn!)!.done;
  await box.bus.settled();
  expect(heard).toEqual(['enough']);
  const late = sfn.send(new SendTaskSuccessCommand({ taskToken: 'none', output: '{}' }));
  await expect(late).rejects.toMatchObject({ name: 'TaskTimedOut' });
});

test('tables, schedules, stacks, tasks and identities answer', async () => {
  const dynamo = new DynamoDBClient(config);
  await dynamo.send(
    new CreateTableCommand({
      TableName: 'table',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
  await dynamo.send(new PutItemCommand({ TableName: 'table', Item: { pk: { S: 'a' } } }));
  const again = new PutItemCommand({
    TableName: 'table',
    Item: { pk: { S: 'a' } },
    ConditionExpression: 'attribute_not_exists(pk)',
  });
  await expect(dynamo.send(again)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  const scheduler = new SchedulerClient(config);
  const schedule = {
    Name: 'nightly',
    GroupName: 'g',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: 'arn:aws:lambda:us-east-1:123456789012:function:double', RoleArn: 'r', Input: '{"n":1}' },
  } as const;
  const wrong = scheduler.send(
    new CreateScheduleCommand({ ...schedule, ScheduleExpression: 'cron(0 1 * * * *)' }),
  );
  await expect(wrong).rejects.toMatchObject({ name: 'ValidationException' });
  await scheduler.send(new CreateScheduleCommand({ ...schedule, ScheduleExpression: 'cron(0 1 * * ? *)' }));
  expect((await scheduler.send(new GetScheduleCommand({ Name: 'nightly', GroupName: 'g' }))).State).toBe(
    'ENABLED',
  );
  expect(await box.schedules.fire('nightly', new Date())).toBe(true);
  box.stacks.set('S', { Bucket: 'a&b' });
  const cloudFormation = new CloudFormationClient(config);
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'S' }));
  expect(Stacks?.[0]?.Outputs).toEqual([{ OutputKey: 'Bucket', OutputValue: 'a&b' }]);
  const missing = cloudFormation.send(new DescribeStacksCommand({ StackName: 'T' }));
  await expect(missing).rejects.toThrow('does not exist');
  expect((await new STSClient(config).send(new GetCallerIdentityCommand({}))).Account).toBe('123456789012');
  const ecs = new ECSClient(config);
  const { tasks } = await ecs.send(new RunTaskCommand({ taskDefinition: 'f', cluster: 'c' }));
  const described = await ecs.send(new DescribeTasksCommand({ cluster: 'c', tasks: [tasks![0]!.taskArn!] }));
  expect(described.tasks![0]!.taskDefinitionArn).toContain('task-definition/f:1');
});

test('patterns match as EventBridge matches them', () => {
  const event = { source: 'aws.s3', detail: { object: { key: 'workflows/a/b.yaml' }, status: 'X' } };
  const key = (filter: object) => matchesPattern({ detail: { object: { key: [filter] } } } as never, event);
  expect(key({ wildcard: 'workflows/*.yaml' })).toBe(true);
  expect(key({ wildcard: 'workflows/*.yml' })).toBe(false);
  expect(key({ prefix: 'work' })).toBe(true);
  expect(key({ suffix: '.json' })).toBe(false);
  expect(key({ 'anything-but': { prefix: 'runs/' } })).toBe(true);
  expect(matchesPattern({ detail: { status: ['Y', 'X'] } }, event)).toBe(true);
  expect(matchesPattern({ detail: { missing: ['Y'] } }, event)).toBe(false);
});

test('a call beyond the role of its caller is denied, in the words of its service', async () => {
  const cluster = 'arn:aws:ecs:us-east-1:123456789012:cluster/mine';
  box.iam.addPolicies([
    policyOf(
      'clerk',
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/mine/*' },
      { Effect: 'Allow', Action: ['states:DescribeExecution'], Resource: '*' },
      {
        Effect: 'Allow',
        Action: 'ecs:ListTasks',
        Resource: '*',
        Condition: { ArnEquals: { 'ecs:cluster': cluster } },
      },
    ),
  ]);
  const own = {
    ...config,
    credentials: { accessKeyId: accessKeyOf('role/clerk'), secretAccessKey: 'box' },
    maxAttempts: 1,
  };
  const s3 = new S3Client(own);
  box.objects.put('b', 'mine/a', Buffer.from('a'));
  box.objects.put('b', 'mine-not/a', Buffer.from('a'));
  await s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'mine/a' }));
  const denied = { name: 'AccessDenied', message: expect.stringContaining('s3:') };
  await expect(s3.send(new GetObjectCommand({ Bucket: 'b', Key: 'mine-not/a' }))).rejects.toMatchObject(
    denied,
  );
  await expect(
    s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'mine/a', Body: 'b' })),
  ).rejects.toMatchObject(denied);
  const ecs = new ECSClient(own);
  await ecs.send(new ListTasksCommand({ cluster: 'mine' }));
  await expect(ecs.send(new ListTasksCommand({ cluster: 'yours' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  const item = new PutItemCommand({ TableName: 'table', Item: { pk: { S: 'b' } } });
  await expect(new DynamoDBClient(own).send(item)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(
      'assumed-role/clerk/box is not authorized to perform: dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/table',
    ),
  });
  const machine = { name: 'theirs', definition: '{}', roleArn: 'arn:aws:iam::0:role/r' };
  await expect(new SFNClient(own).send(new CreateStateMachineCommand(machine))).rejects.toMatchObject({
    name: 'AccessDeniedException',
  });
  expect(String(box.objects.get('b', 'mine/a')?.data)).toBe('a');
  expect(box.iam.denied).toHaveLength(5);
});

/** All clients over the SDK, with the retries that its throttles ask for. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type AwsClients, isNamed, type SecretText } from './clients.ts';
import { onDemand } from './on-demand.ts';
import { sdkObjects } from './sdk-objects.ts';
import { dynamoTable } from './table.ts';

export interface SdkOptions {
  readonly region: string;
  readonly table: string;
  /** Of an emulator, for all services. */
  readonly endpoint?: string;
}

/**
 * Throttles are the rule at the rates of RegisterTaskDefinition and SendTask*:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const MOST_ATTEMPTS = 10;

export function sdkClients({ region, table, endpoint }: SdkOptions): AwsClients {
  const config = {
    region,
    maxAttempts: MOST_ATTEMPTS,
    retryMode: 'adaptive',
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const dynamo = new DynamoDBClient(config);
  return {
    table: dynamoTable(dynamo, table),
    objects: sdkObjects(new S3Client({ ...config, forcePathStyle: endpoint !== undefined })),
    states: onDemand(async () => {
      const { SFNClient } = await import('@aws-sdk/client-sfn');
      return (await import('./sdk-states.ts')).sdkStates(new SFNClient(config));
    }),
    tasks: onDemand(async () => {
      const { ECSClient } = await import('@aws-sdk/client-ecs');
      return (await import('./sdk-tasks.ts')).sdkTasks(new ECSClient(config));
    }),
    schedules: onDemand(async () => {
      const { SchedulerClient } = await import('@aws-sdk/client-scheduler');
      return (await import('./sdk-schedules.ts')).sdkSchedules(new SchedulerClient(config));
    }),
    secret: secretText(new SecretsManagerClient(config)),
    credentials: () => dynamo.config.credentials(),
    fetch: (input, init) => fetch(input, init),
    now: () => Date.now(),
    sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    log: (entry) => console.log(JSON.stringify(entry)),
  };
}

export function secretText(client: SecretsManagerClient): SecretText {
  return async (name) => {
    try {
      const found = await client.send(new GetSecretValueCommand({ SecretId: name }));
      return found.SecretString ?? Buffer.from(found.SecretBinary ?? new Uint8Array()).toString('utf8');
    } catch (error) {
      if (isNamed(error, 'ResourceNotFoundException')) return undefined;
      throw error;
    }
  };
}

/** A table for tests: dynalite speaks DynamoDB's protocol and checks its expressions, in this process. */

import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoTable, type Table } from '../../lib/aws/table.ts';
import {
  PARTITION_KEY,
  RUN_INDEX,
  RUN_INDEX_PARTITION,
  RUN_INDEX_SORT,
  SORT_KEY,
} from '../../lib/aws/table-schema.ts';

export interface TestTable {
  readonly table: Table;
  readonly close: () => Promise<void>;
}

export async function openTable(): Promise<TestTable> {
  const dynalite = createRequire(import.meta.url)('dynalite') as (options: object) => Server;
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  const text = (name: string) => ({ AttributeName: name, AttributeType: 'S' as const });
  const key = (name: string, kind: 'HASH' | 'RANGE') => ({ AttributeName: name, KeyType: kind });
  await client.send(
    new CreateTableCommand({
      TableName: 'argosy',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [PARTITION_KEY, SORT_KEY, RUN_INDEX_PARTITION, RUN_INDEX_SORT].map(text),
      KeySchema: [key(PARTITION_KEY, 'HASH'), key(SORT_KEY, 'RANGE')],
      GlobalSecondaryIndexes: [
        {
          IndexName: RUN_INDEX,
          KeySchema: [key(RUN_INDEX_PARTITION, 'HASH'), key(RUN_INDEX_SORT, 'RANGE')],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  const close = async () => {
    client.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return { table: dynamoTable(client, 'argosy'), close };
}

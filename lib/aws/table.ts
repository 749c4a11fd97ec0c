/** DynamoDB as the stores use it: single rows, conditions, and queries of one partition. */
import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  PARTITION_KEY,
  type RUN_INDEX,
  RUN_INDEX_PARTITION,
  RUN_INDEX_SORT,
  SORT_KEY,
} from './table-schema.ts';

export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

export type Row = RowKey & Readonly<Record<string, unknown>>;

export interface Update extends RowKey {
  /** Attributes to set; undefined ones are left alone. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** Set unless the attribute is there. */
  readonly setOnce?: Readonly<Record<string, unknown>>;
  /** Numbers to add to, or strings to put into a set. */
  readonly add?: Readonly<Record<string, number | ReadonlySet<string>>>;
  readonly remove?: readonly string[];
  /** All must hold. An absent attribute equals undefined. */
  readonly when?: Readonly<Record<string, Condition>>;
}

export type Condition =
  | { readonly is: string | number | boolean | undefined }
  | { readonly exists: boolean }
  /** Absent, or smaller. */
  | { readonly absentOrBelow: number };

/** The row after the update; or as it is where a condition did not hold. */
export type Updated = { readonly ok: true; readonly row: Row } | { readonly ok: false; readonly row?: Row };

export interface Query {
  readonly pk: string;
  readonly prefix?: string;
  /** On the index of runs: its sort key stands for `sk`. */
  readonly index?: typeof RUN_INDEX;
  readonly descending?: boolean;
  /** Only sort keys before (exclusive), in the order of the keys. */
  readonly before?: string;
  readonly pageSize?: number;
}

/** Reads are consistent, but on the index, which DynamoDB cannot read so. */
export interface Table {
  get(key: RowKey): Promise<Row | undefined>;
  /** False when there is such a row already and it must not be replaced. */
  put(row: Row, options?: { readonly ifAbsent?: boolean }): Promise<boolean>;
  update(update: Update): Promise<Updated>;
  /** False when there was none. */
  delete(key: RowKey): Promise<boolean>;
  query(query: Query): AsyncIterable<Row>;
}

export function dynamoTable(client: DynamoDBClient, name: string): Table {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    async get({ pk, sk }) {
      const input = { TableName: name, Key: { pk, sk }, ConsistentRead: true };
      return (await documents.send(new GetCommand(input))).Item as Row | undefined;
    },
    async put(row, options = {}) {
      const condition = options.ifAbsent
        ? { ConditionExpression: `attribute_not_exists(${PARTITION_KEY})` }
        : {};
      const command = new PutCommand({ TableName: name, Item: row, ...condition });
      return (await unlessRefused(() => documents.send(command))).ok;
    },
    async update(update) {
      const command = new UpdateCommand({ TableName: name, ...updateInput(update) });
      const done = await unlessRefused(() => documents.send(command));
      if (done.ok) return { ok: true, row: done.value.Attributes as Row };
      const row = await this.get(update);
      return { ok: false, ...(row !== undefined && { row }) };
    },
    async delete({ pk, sk }) {
      const input = { TableName: name, Key: { pk, sk }, ReturnValues: 'ALL_OLD' as const };
      return (await documents.send(new DeleteCommand(input))).Attributes !== undefined;
    },
    query: (query) => rowsOf(documents, name, query),
  };
}

type Tried<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

async function unlessRefused<T>(act: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { ok: true, value: await act() };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { ok: false };
    throw error;
  }
}

async function* rowsOf(documents: DynamoDBDocumentClient, table: string, query: Query): AsyncIterable<Row> {
  const { pk, prefix, index, descending, before, pageSize } = query;
  const [partition, sort] = index ? [RUN_INDEX_PARTITION, RUN_INDEX_SORT] : [PARTITION_KEY, SORT_KEY];
  const range =
    before !== undefined ? ' AND #sk < :sk' : prefix !== undefined ? ' AND begins_with(#sk, :sk)' : '';
  let start: Record<string, unknown> | undefined;
  do {
    const page = await documents.send(
      new QueryCommand({
        TableName: table,
        ...(index ? { IndexName: index } : { ConsistentRead: true }),
        KeyConditionExpression: `#pk = :pk${range}`,
        ExpressionAttributeNames: { '#pk': partition, ...(range !== '' && { '#sk': sort }) },
        ExpressionAttributeValues: { ':pk': pk, ...(range !== '' && { ':sk': before ?? prefix }) },
        ScanIndexForward: !descending,
        ...(pageSize === undefined ? {} : { Limit: pageSize }),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    yield* (page.Items ?? []) as Row[];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

function updateInput(update: Update) {
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const nameOf = (attribute: string) => {
    names[`#${attribute}`] = attribute;
    return `#${attribute}`;
  };
  const placeholder = (kind: string, attribute: string, value: unknown) => {
    values[`:${kind}_${attribute}`] = value;
    return `:${kind}_${attribute}`;
  };
  const entries = (object: Readonly<Record<string, unknown>> | undefined) =>
    Object.entries(object ?? {}).filter(([, value]) => value !== undefined);
  const sets = [
    ...entries(update.set).map(([key, value]) => `${nameOf(key)} = ${placeholder('s', key, value)}`),
    ...entries(update.setOnce).map(
      ([key, value]) => `${nameOf(key)} = if_not_exists(${nameOf(key)}, ${placeholder('o', key, value)})`,
    ),
  ];
  const adds = entries(update.add).map(([key, value]) => `${nameOf(key)} ${placeholder('a', key, value)}`);
  const removes = (update.remove ?? []).map(nameOf);
  const conditions = Object.entries(update.when ?? {}).map(([key, condition]) => {
    if ('exists' in condition) return `attribute_${condition.exists ? '' : 'not_'}exists(${nameOf(key)})`;
    if ('absentOrBelow' in condition) {
      const below = placeholder('w', key, condition.absentOrBelow);
      return `(attribute_not_exists(${nameOf(key)}) OR ${nameOf(key)} < ${below})`;
    }
    if (condition.is === undefined) return `attribute_not_exists(${nameOf(key)})`;
    return `${nameOf(key)} = ${placeholder('w', key, condition.is)}`;
  });
  const clauses = [
    ...(sets.length > 0 ? [`SET ${sets.join(', ')}`] : []),
    ...(adds.length > 0 ? [`ADD ${adds.join(', ')}`] : []),
    ...(removes.length > 0 ? [`REMOVE ${removes.join(', ')}`] : []),
  ];
  return {
    Key: { pk: update.pk, sk: update.sk },
    UpdateExpression: clauses.join(' '),
    ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
    ExpressionAttributeNames: names,
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ReturnValues: 'ALL_NEW' as const,
  };
}

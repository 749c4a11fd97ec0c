/**
 * Where everything is kept: the bucket of workflows, runs and artifacts, the bucket of its logs, the table.
 */
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import {
  PARTITION_KEY,
  RUN_INDEX,
  RUN_INDEX_PARTITION,
  RUN_INDEX_SORT,
  SORT_KEY,
  TTL_ATTRIBUTE,
} from '../aws/table-schema.ts';

export interface Storage {
  readonly bucket: IBucket;
  readonly logs: IBucket;
  readonly table: TableV2;
}

export function makeStorage(scope: Construct, retentionDays: number): Storage {
  const logs = makeLogBucket(scope, retentionDays);
  return { logs, bucket: makeBucket(scope, logs, retentionDays), table: makeTable(scope) };
}

const PRIVATE = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
  removalPolicy: RemovalPolicy.RETAIN,
};

const ABORTED_UPLOADS = { id: 'unfinished-uploads', abortIncompleteMultipartUploadAfter: Duration.days(7) };

/** Buckets are cast, since CDK's own interface does not fit its class under `exactOptionalPropertyTypes`. */
function makeLogBucket(scope: Construct, retentionDays: number): IBucket {
  const bucket = new Bucket(scope, 'Logs', {
    ...PRIVATE,
    lifecycleRules: [{ id: 'old-logs', expiration: Duration.days(retentionDays) }, ABORTED_UPLOADS],
  });
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason: 'This bucket receives the access logs; logging its own accesses into itself would never end.',
  });
  return bucket as IBucket;
}

function makeBucket(scope: Construct, logs: IBucket, retentionDays: number): IBucket {
  const bucket = new Bucket(scope, 'Bucket', {
    ...PRIVATE,
    versioned: true,
    serverAccessLogsBucket: logs,
    serverAccessLogsPrefix: 'access/',
    lifecycleRules: [
      { id: 'ended-runs', prefix: 'runs/', expiration: Duration.days(retentionDays) },
      {
        id: 'old-versions',
        noncurrentVersionExpiration: Duration.days(Math.min(retentionDays, 30)),
        expiredObjectDeleteMarker: true,
      },
      ABORTED_UPLOADS,
    ],
  });
  // `eventBridgeEnabled` would bring a function of its own, with a role that may configure every bucket.
  const resource = bucket.node.defaultChild as CfnBucket;
  resource.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  return bucket as IBucket;
}

function makeTable(scope: Construct): TableV2 {
  const text = (name: string) => ({ name, type: AttributeType.STRING });
  return new TableV2(scope, 'Table', {
    partitionKey: text(PARTITION_KEY),
    sortKey: text(SORT_KEY),
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TTL_ATTRIBUTE,
    globalSecondaryIndexes: [
      {
        indexName: RUN_INDEX,
        partitionKey: text(RUN_INDEX_PARTITION),
        sortKey: text(RUN_INDEX_SORT),
        projectionType: ProjectionType.ALL,
      },
    ],
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

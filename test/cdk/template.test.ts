import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ENVIRONMENT_NAMES, FUNCTIONS } from '../../lib/aws/environment.ts';
import { ofType, type Resource, runtimeStack } from './stack.ts';

const { template, resources } = runtimeStack();

describe('the template', () => {
  it('is the one that was reviewed', async () => {
    const lines = Object.entries(resources).map(
      ([id, { Type, ...rest }]) => `${id} ${Type} ${JSON.stringify(rest)}`,
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('template.snapshot.txt');
  });

  it('tags all that can be tagged', () => {
    const untagged = Object.entries(resources).filter(([, one]) => tagsOf(one)['argosy:stack'] !== 'Argosy');
    const types = [...new Set(untagged.map(([, { Type }]) => Type))].sort();
    // None of these has a property for tags.
    expect(types).toEqual([
      'AWS::EC2::Route',
      'AWS::EC2::SecurityGroupIngress',
      'AWS::EC2::SubnetRouteTableAssociation',
      'AWS::EC2::VPCGatewayAttachment',
      'AWS::ECS::ClusterCapacityProviderAssociations',
      'AWS::IAM::Policy',
      'AWS::Lambda::EventInvokeConfig',
      'AWS::Lambda::Permission',
      'AWS::Logs::ResourcePolicy',
      'AWS::S3::BucketPolicy',
      'AWS::SNS::TopicPolicy',
      'AWS::SQS::QueuePolicy',
    ]);
  });

  it('keeps what people would miss, and lets go of the rest', () => {
    const kept = Object.values(resources).filter(({ DeletionPolicy }) => DeletionPolicy === 'Retain');
    expect(kept.map(({ Type }) => Type).sort()).toEqual([
      'AWS::DynamoDB::GlobalTable',
      'AWS::S3::Bucket',
      'AWS::S3::Bucket',
    ]);
    const stateful = /Bucket$|GlobalTable$|LogGroup$|Queue$/;
    for (const { Type, DeletionPolicy, UpdateReplacePolicy } of Object.values(resources))
      if (stateful.test(Type)) expect([Type, DeletionPolicy, UpdateReplacePolicy]).not.toContain(undefined);
  });

  it('ends every log after the days that are configured', () => {
    for (const days of [90, 7]) {
      const groups = ofType(runtimeStack({ retentionDays: days }).resources, 'AWS::Logs::LogGroup');
      expect(groups).toHaveLength(Object.keys(FUNCTIONS).length + 3);
      expect(groups.map(({ Properties }) => Properties['RetentionInDays'])).toEqual(groups.map(() => days));
    }
  });
});

describe('storage', () => {
  it('is encrypted, versioned, logged, and told of to EventBridge', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
      VersioningConfiguration: { Status: 'Enabled' },
      LoggingConfiguration: { LogFilePrefix: 'access/', DestinationBucketName: Match.anyValue() },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([Match.objectLike({ Prefix: 'runs/', ExpirationInDays: 90 })]),
      },
    });
  });

  it('never expires workflows, artifacts or compiled machines', () => {
    for (const { Properties } of ofType(resources, 'AWS::S3::Bucket')) {
      if (Properties['VersioningConfiguration'] === undefined) continue;
      const { Rules: rules } = Properties['LifecycleConfiguration'] as { Rules: Record<string, unknown>[] };
      expect(
        rules.filter((rule) => rule['ExpirationInDays'] !== undefined).map((rule) => rule['Prefix']),
      ).toEqual(['runs/']);
    }
  });

  it('is reached by TLS alone', () => {
    const denied = { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    for (const type of ['AWS::S3::BucketPolicy', 'AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy']) {
      const count = ofType(resources, type).length;
      expect(count).toBeGreaterThan(0);
      template.allResourcesProperties(type, {
        PolicyDocument: { Statement: Match.arrayWith([Match.objectLike(denied)]) },
      });
    }
  });

  it('has a table that forgets ended runs, can be restored, and costs nothing at rest', () => {
    template.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      GlobalSecondaryIndexes: [Match.objectLike({ IndexName: 'runs' })],
      Replicas: [
        Match.objectLike({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }),
      ],
    });
  });
});

describe('network', () => {
  it('has nothing in it that is paid by the hour', () => {
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::EIP', 0);
    for (const { Properties } of ofType(resources, 'AWS::EC2::VPCEndpoint'))
      expect(Properties['VpcEndpointType']).toBe('Gateway');
    template.resourceCountIs('AWS::EC2::FlowLog', 1);
  });

  it('is the given one, without asking the account', () => {
    const vpc = { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] };
    const own = runtimeStack({ vpc });
    own.template.resourceCountIs('AWS::EC2::VPC', 0);
    own.template.hasResourceProperties('AWS::EC2::SecurityGroup', { VpcId: 'vpc-1' });
    own.template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: { ARGOSY_SUBNETS: 'subnet-1,subnet-2', ARGOSY_ASSIGN_PUBLIC_IP: 'DISABLED' },
      },
    });
    const given = runtimeStack({ vpc: { ...vpc, securityGroupIds: ['sg-1'], assignPublicIp: true } });
    given.template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
    given.template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { ARGOSY_SECURITY_GROUPS: 'sg-1', ARGOSY_ASSIGN_PUBLIC_IP: 'ENABLED' } },
    });
  });
});

describe('functions', () => {
  it('are those of lib/aws, each with its time and memory', () => {
    const made = ofType(resources, 'AWS::Lambda::Function').map(({ Properties }) => [
      Properties['FunctionName'],
      Properties['Timeout'],
      Properties['MemorySize'],
    ]);
    const wanted = Object.entries(FUNCTIONS).map(([name, { timeoutSeconds, memoryMegabytes }]) => [
      `argosy-${name}`,
      timeoutSeconds,
      memoryMegabytes,
    ]);
    expect(made).toEqual(wanted);
  });

  it('are told all that they read of their surroundings', () => {
    for (const { Properties } of ofType(resources, 'AWS::Lambda::Function')) {
      const { Variables: variables } = Properties['Environment'] as { Variables: Record<string, unknown> };
      const wanted = Object.values(ENVIRONMENT_NAMES).filter((name) => !name.startsWith('ARGOSY_EKS_'));
      expect(Object.keys(variables).sort()).toEqual(wanted.sort());
      expect(Buffer.byteLength(JSON.stringify(variables))).toBeLessThan(4096);
    }
  });
});

describe('triggers', () => {
  it('hear of uploads and deletions below workflows/, and of no other file', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created', 'Object Deleted'],
        detail: {
          object: {
            key: [
              { wildcard: 'workflows/*.yaml' },
              { wildcard: 'workflows/*.yml' },
              { wildcard: 'workflows/*.json' },
            ],
          },
        },
      },
    });
  });

  it('hear of ended runs of their own machines', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['SUCCEEDED', 'FAILED', 'ABORTED', 'TIMED_OUT'],
          stateMachineArn: [{ prefix: { 'Fn::Join': ['', Match.arrayWith([':stateMachine:argosy-wf-'])] } }],
        },
      },
    });
  });

  it('keep what was given up, at EventBridge and at Lambda', () => {
    for (const { Properties } of ofType(resources, 'AWS::Events::Rule')) {
      const [target] = Properties['Targets'] as Record<string, unknown>[];
      expect(target).toMatchObject({
        DeadLetterConfig: { Arn: expect.anything() },
        RetryPolicy: { MaximumRetryAttempts: 185 },
      });
    }
    const invokes = ofType(resources, 'AWS::Lambda::EventInvokeConfig');
    expect(invokes).toHaveLength(3);
    for (const { Properties } of invokes)
      expect(Properties['DestinationConfig']).toMatchObject({
        OnFailure: { Destination: expect.anything() },
      });
  });

  it('are watched', () => {
    for (const { Properties } of ofType(resources, 'AWS::CloudWatch::Alarm')) {
      expect(Properties['AlarmActions']).toHaveLength(1);
      expect(Properties['TreatMissingData']).toBe('notBreaching');
      const metrics = (Properties['Metrics'] ?? []) as { readonly MetricStat?: unknown }[];
      expect(metrics.filter((one) => one.MetricStat !== undefined).length).toBeLessThanOrEqual(10);
    }
  });
});

describe('capacity', () => {
  it.each([
    [false, 'FARGATE'],
    [true, 'FARGATE_SPOT'],
  ])('with spot %s is %s by default', (spot, provider) => {
    runtimeStack({ spot }).template.hasResourceProperties('AWS::ECS::ClusterCapacityProviderAssociations', {
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      DefaultCapacityProviderStrategy: [{ CapacityProvider: provider, Weight: 1 }],
    });
  });
});

function tagsOf({ Properties }: Resource): Readonly<Record<string, unknown>> {
  const { Tags: own, Replicas: replicas } = Properties;
  const tags = own ?? (replicas as { Tags?: unknown }[] | undefined)?.[0]?.Tags ?? {};
  if (!Array.isArray(tags)) return tags as Record<string, unknown>;
  return Object.fromEntries(tags.map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]));
}

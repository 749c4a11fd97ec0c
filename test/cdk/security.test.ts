import { readFileSync, writeFileSync } from 'node:fs';
import { type App, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { FUNCTIONS } from '../../lib/aws/environment.ts';
import type { Configuration } from '../../lib/cdk/configuration.ts';
import { ArgoWorkflow } from '../../lib/cdk/index.ts';
import { ofType, plain, runtimeStack, type Statement, statementsOf, templateOf, userStack } from './stack.ts';

const BOUNDARY = 'arn:aws:iam::123456789012:policy/limits';
const GIVEN: Partial<Configuration> = {
  prefix: 'team-7-',
  vpc: { vpcId: 'vpc-1', subnetIds: ['subnet-1'] },
  architecture: 'ARM64',
  spot: true,
  retentionDays: 7,
  permissionsBoundary: BOUNDARY,
  fileSystem: 'fs-1',
  serviceAccountRoles: { builder: 'arn:aws:iam::123456789012:role/builder' },
};

const ACCOUNT = /arn:<AWS::Partition>:(\w+):<AWS::Region>:<AWS::AccountId>:/g;
const SECURITY = new URL('../../docs/security.md', import.meta.url);
const WORKFLOW = new URL('workflow.yaml', import.meta.url).pathname;

function findings(app: App): readonly string[] {
  const { violations = [] } = new AwsSolutionsChecks(app).validateScope(app);
  return violations.map(
    ({ ruleName, violatingResources }) =>
      `${ruleName} ${violatingResources.map(({ constructPath }) => constructPath).join(' ')}`,
  );
}

interface Acknowledged {
  readonly construct: string;
  readonly id: string;
  readonly reason: string;
}

/** Every acknowledged rule of the pack below a construct. */
function acknowledged(construct: IConstruct): readonly Acknowledged[] {
  const own = construct.node.metadata
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .map(([id, reason]) => ({ construct: construct.node.id, id: id.replace(/^annotation::/i, ''), reason }))
    .filter(({ id }) => id.startsWith('AwsSolutions-'));
  return [...own, ...construct.node.children.flatMap(acknowledged)];
}

/** Rows of the table in docs/security.md: what several constructs need for the same reason is one row. */
function rowsOf(all: readonly Acknowledged[]): readonly string[] {
  const constructs = new Map<string, Set<string>>();
  for (const { construct, id, reason } of all) {
    const [, rule = id, finding = ''] = /^AwsSolutions-(\w+)(?:\[Resource::(.*)\])?$/s.exec(id) ?? [];
    const what = finding === '' ? '' : `\`${plain(finding).replace(ACCOUNT, '$1:')}\``;
    const key = `| ${rule} | ${what} | CONSTRUCTS | ${reason} |`;
    constructs.set(key, (constructs.get(key) ?? new Set()).add(construct));
  }
  return [...constructs]
    .map(([key, names]) => key.replace('CONSTRUCTS', [...names].sort().join(', ')))
    .sort();
}

describe('cdk-nag, pack AwsSolutions', () => {
  it('has no finding in the default stack', () => expect(findings(runtimeStack().app)).toEqual([]));

  it('has no finding in a stack with everything given', () =>
    expect(findings(runtimeStack(GIVEN).app)).toEqual([]));

  it('has no finding in a stack with an EKS cluster', () => {
    const eks = {
      name: 'main',
      endpoint: 'https://A.gr7.eu-west-1.eks.amazonaws.com',
      certificateAuthority: 'QQ==',
      namespace: 'workflows',
      runsByDefault: true,
    };
    expect(findings(runtimeStack({ eks }).app)).toEqual([]);
  });

  it('has no finding in a stack with workflows', () => {
    const { app, stack, runtime } = userStack();
    new ArgoWorkflow(stack, 'Hello', { file: WORKFLOW, runtime });
    expect(findings(app)).toEqual([]);
  });

  it('acknowledges what docs/security.md lists, and nothing else', () => {
    const rows = rowsOf(acknowledged(runtimeStack().stack));
    const text = readFileSync(SECURITY, 'utf8');
    const [before = '', table = '', after = ''] = text.split(
      /(?<=-->\n)|(?=<!-- end of acknowledgements -->)/,
    );
    if (process.env['UPDATE']) {
      const head = '\n| rule | finding | constructs | reason |\n|---|---|---|---|\n';
      writeFileSync(SECURITY, `${before}${head}${rows.join('\n')}\n\n${after}`);
    } else
      expect(
        table
          .split('\n')
          .filter((line) => line.startsWith('| '))
          .slice(1),
      ).toEqual(rows);
  });

  it('sees a wildcard without a reason', () => {
    const { app, stack } = runtimeStack();
    stack.runtime.tasks.taskRole.addToPolicy(
      new PolicyStatement({ actions: ['s3:GetObject'], resources: ['arn:aws:s3:::other/*'] }),
    );
    expect(findings(app)).toHaveLength(1);
  });
});

describe('least privilege', () => {
  const { resources } = runtimeStack();
  const statements = statementsOf(resources);

  it('names `*` only for actions of which AWS knows no resource', () => {
    const roles = new Map<string, Set<string>>();
    for (const { role, actions, resources: named, conditions } of statements) {
      if (!named.includes('*')) continue;
      const condition = conditions ? ` if ${keysOf(conditions)}` : '';
      for (const action of actions) {
        const key = `${action}${condition}`;
        roles.set(key, (roles.get(key) ?? new Set()).add(role.replace(/Role$/, '')));
      }
    }
    const lines = [...roles].map(([action, names]) => `${action}: ${[...names].sort().join(' ')}`);
    expect(lines.sort()).toMatchInlineSnapshot(`
      [
        "ecr:GetAuthorizationToken: Execution",
        "ecs:ListTasks if ecs:cluster: ExitHandler",
        "logs:CreateLogDelivery: ExitHandler Machine Schedule Submit",
        "logs:DeleteLogDelivery: ExitHandler Machine Schedule Submit",
        "logs:DescribeLogGroups: ExitHandler Machine Schedule Submit",
        "logs:DescribeResourcePolicies: ExitHandler Machine Schedule Submit",
        "logs:GetLogDelivery: ExitHandler Machine Schedule Submit",
        "logs:ListLogDeliveries: ExitHandler Machine Schedule Submit",
        "logs:PutResourcePolicy: ExitHandler Machine Schedule Submit",
        "logs:UpdateLogDelivery: ExitHandler Machine Schedule Submit",
        "scheduler:ListSchedules: Submit",
        "states:SendTaskFailure: ExitHandler Gate Lock Stage Suspend Task",
        "states:SendTaskHeartbeat: ExitHandler Gate Lock Stage Suspend Task",
        "states:SendTaskSuccess: ExitHandler Gate Lock Stage Suspend Task",
        "xray:GetSamplingRules: Machine",
        "xray:GetSamplingTargets: Machine",
        "xray:PutTelemetryRecords: Machine",
        "xray:PutTraceSegments: Machine",
      ]
    `);
  });

  it('has no action with a wildcard, and no managed policy', () => {
    expect(statements.flatMap(({ actions }) => actions).filter((action) => action.includes('*'))).toEqual([]);
    const roles = ofType(resources, 'AWS::IAM::Role');
    expect(roles.filter(({ Properties }) => Properties['ManagedPolicyArns'] !== undefined)).toEqual([]);
  });

  it('passes exact roles to one service each', () => {
    const passing = statements.filter(({ actions }) => actions.includes('iam:PassRole'));
    expect(passing.map(({ role }) => role).sort()).toEqual([
      'ExitHandlerRole',
      'MachineRole',
      'ScheduleRole',
      'ScheduleRole',
      'StageRole',
      'SubmitRole',
      'SubmitRole',
      'SubmitRole',
    ]);
    for (const { actions, resources: passed, conditions } of passing) {
      expect(actions).toEqual(['iam:PassRole']);
      expect(passed.every((one) => /^<\w+Role\.Arn>$/.test(one))).toBe(true);
      expect(conditions).toMatchObject({
        StringEquals: { 'iam:PassedToService': expect.stringMatching(/^[a-z-]+\.amazonaws\.com$/) },
      });
    }
  });

  it('runs and stops tasks in its own cluster only', () => {
    for (const { actions, resources: named, conditions } of statements) {
      if (actions.includes('ecs:RunTask')) {
        expect(named).toEqual([expect.stringMatching(/:task-definition\/argosy-\*$/)]);
        expect(keysOf(conditions)).toBe('ecs:cluster');
      }
      if (actions.includes('ecs:StopTask'))
        expect(named).toEqual([expect.stringMatching(/:task\/argosy-cluster\/\*$/)]);
    }
  });

  it.each(Object.keys(FUNCTIONS))('gives %s what its calls need', (name) => {
    const role = `${name.replace(/(^|-)([a-z])/g, (_a, _b, letter: string) => letter.toUpperCase())}Role`;
    const lines = statements.filter((one) => one.role === role).map(lineOf);
    // Beyond its log, its rows and its files.
    const calls = lines.filter((line) => !/^(logs:CreateLogStream|dynamodb:|s3:|sqs:)/.test(line));
    expect(calls).toMatchSnapshot();
    expect(lines.filter((line) => line.startsWith('s3:'))).toMatchSnapshot();
  });

  it('lets a service act only for this account', () => {
    for (const { Properties } of ofType(resources, 'AWS::IAM::Role')) {
      const [statement] = (Properties['AssumeRolePolicyDocument'] as { Statement: Record<string, unknown>[] })
        .Statement;
      const { Service: service } = (statement?.['Principal'] ?? {}) as { Service?: string };
      if (service === 'lambda.amazonaws.com') continue;
      expect(keysOf(statement?.['Condition'])).toBe('aws:SourceAccount aws:SourceArn');
    }
  });

  it('bounds every role when a boundary is given', () => {
    const roles = ofType(runtimeStack(GIVEN).resources, 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(10);
    expect(roles.map(({ Properties }) => Properties['PermissionsBoundary'])).toEqual(
      roles.map(() => BOUNDARY),
    );
  });

  it('passes to tasks the two roles of the stack, those of service accounts, and no other', () => {
    const passing = statementsOf(runtimeStack(GIVEN).resources).filter(({ actions }) =>
      actions.includes('iam:PassRole'),
    );
    const toTasks = passing.filter(({ role }) => role === 'MachineRole' || role === 'StageRole');
    for (const { resources: passed } of toTasks)
      expect(passed).toEqual([
        'arn:aws:iam::123456789012:role/builder',
        '<ExecutionRole.Arn>',
        '<TaskRole.Arn>',
      ]);
  });
});

/** Rows S1-S15: threats that Argo met. Those of parsing and of the executor are proved where that code is. */
describe('what Argo was attacked by', () => {
  const { resources } = runtimeStack();
  const statements = statementsOf(resources);
  const ofRole = (role: string) => statements.filter((one) => one.role === role);

  it('S2: there is no server of ours, and no way into the network from outside', () => {
    const types = new Set(Object.values(resources).map(({ Type }) => Type));
    for (const type of types)
      expect(type).not.toMatch(/ApiGateway|LoadBalancing|Lambda::Url|AppSync|ECS::Service/);
    for (const { Properties } of ofType(resources, 'AWS::EC2::SecurityGroupIngress'))
      expect(Properties).toMatchObject({ SourceSecurityGroupId: expect.anything() });
    for (const { Properties } of ofType(resources, 'AWS::EC2::SecurityGroup'))
      expect(Properties['SecurityGroupIngress']).toBeUndefined();
    for (const { Properties } of ofType(resources, 'AWS::Lambda::Permission'))
      expect(Properties).toMatchObject({ Principal: 'events.amazonaws.com', SourceArn: expect.anything() });
  });

  it('S3: artifacts are private, and never served by an address of ours', () => {
    const closed = {
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    };
    const buckets = ofType(resources, 'AWS::S3::Bucket');
    expect(buckets).toHaveLength(2);
    for (const { Properties } of buckets) {
      expect(Properties['PublicAccessBlockConfiguration']).toEqual(closed);
      expect(Properties['WebsiteConfiguration']).toBeUndefined();
    }
  });

  it('S5: containers read their own kind of files, and nothing that decides what runs', () => {
    const objects = ofRole('TaskRole').filter(({ actions }) => actions.some((one) => one.startsWith('s3:')));
    expect(objects.flatMap(({ resources: named }) => named)).toEqual([
      '<Bucket.Arn>/artifacts/*',
      '<Bucket.Arn>/runs/*',
      '<Bucket.Arn>/templates/config-maps/*',
      '<Bucket.Arn>',
    ]);
    const list = objects.filter(({ resources: named }) => named.includes('<Bucket.Arn>'));
    expect(list.flatMap(({ actions }) => actions)).toEqual(['s3:ListBucket']);
  });

  it('S5: only the function of uploads reads workflows, and containers make no machines', () => {
    const reading = statements.filter(({ resources: named }) =>
      named.some((one) => one.includes('/workflows/')),
    );
    expect([...new Set(reading.map(({ role }) => role))].sort()).toEqual(['SubmitRole']);
    const making = statements.filter(({ actions }) => actions.includes('states:CreateStateMachine'));
    expect(making.map(({ role }) => role).sort()).toEqual(['ExitHandlerRole', 'ScheduleRole', 'SubmitRole']);
  });

  it('S8: no secret stands in the template, and containers read only those with the prefix', () => {
    const reading = statements.filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));
    expect([...new Set(reading.map(({ role }) => role))].sort()).toEqual(['HttpRole', 'TaskRole']);
    for (const { resources: named } of reading)
      expect(named).toEqual([expect.stringMatching(/:secret:argosy\/\*$/)]);
    expect(JSON.stringify(resources)).not.toMatch(/resolve:secretsmanager|SecretString/);
  });

  it('S13: locks are rows that no container can reach', () => {
    for (const role of ['TaskRole', 'ExecutionRole', 'MachineRole', 'SchedulerRole'])
      expect(
        ofRole(role)
          .flatMap(({ actions }) => actions)
          .filter((one) => one.startsWith('dynamodb:')),
      ).toEqual([]);
    const rows = statements.flatMap(({ actions }) => actions).filter((one) => one.startsWith('dynamodb:'));
    expect([...new Set(rows)].sort()).toEqual(
      ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map((one) => `dynamodb:${one}`),
    );
  });
});

describe('a workflow of its own', () => {
  it('may do what its YAML needs, and no more', () => {
    const { stack, runtime } = userStack();
    new ArgoWorkflow(stack, 'Hello', { file: WORKFLOW, runtime });
    const statements = statementsOf(templateOf(stack).resources).filter(({ role }) =>
      role.startsWith('Hello'),
    );
    const lines = statements.map((one) =>
      `${one.role}: ${lineOf(one)}`.replace(/[0-9a-f]{16,}\.json/, 'HASH.json'),
    );
    expect(lines.sort()).toMatchSnapshot();
  });
});

function lineOf({ actions, resources: named, conditions }: Statement): string {
  const condition = conditions === undefined ? '' : ` if ${keysOf(conditions)}`;
  return `${actions.join(' ')} on ${named.join(' ').replaceAll(ACCOUNT, '$1:')}${condition}`;
}

function keysOf(condition: unknown): string {
  return Object.values(condition as Record<string, object>)
    .flatMap((one) => Object.keys(one))
    .sort()
    .join(' ');
}

/** A runtime with an EKS cluster: who is let into it, and what its pods may do. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfiguration } from '../../lib/cdk/configuration.ts';
import { JOBS_GROUP, RESOURCES_GROUP } from '../../lib/cdk/eks.ts';
import { ArgoWorkflow } from '../../lib/cdk/index.ts';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import { faultsOf } from '../kubernetes/schema.ts';
import { definitionsOf, type Resources, runtimeStack, templateOf, userStack } from './stack.ts';

const EKS = {
  name: 'main',
  endpoint: 'https://ABCDEF.gr7.eu-west-1.eks.amazonaws.com',
  certificateAuthority: 'A'.repeat(1600),
  namespace: 'workflows',
  runsByDefault: false,
};

const ofType = (resources: Resources, type: string) =>
  Object.values(resources).filter((one) => one.Type === type);

describe('configuration', () => {
  const context = {
    eksCluster: EKS.name,
    eksEndpoint: EKS.endpoint,
    eksCertificateAuthority: EKS.certificateAuthority,
  };

  it('is read from context', () => {
    expect(readConfiguration({ ...context, eksNamespace: 'workflows' }).eks).toEqual(EKS);
    expect(readConfiguration({ ...context, eksByDefault: 'true' }).eks).toMatchObject({
      namespace: 'default',
      runsByDefault: true,
    });
    expect(readConfiguration({}).eks).toBeUndefined();
  });

  it.each([
    [{ eksNamespace: 'a' }, "'eksNamespace' needs 'eksCluster'"],
    [{ eksCluster: 'a' }, "'eksCluster' needs 'eksEndpoint'"],
    [{ ...context, eksEndpoint: 'http://a' }, "'eksEndpoint' must be the URL"],
    [{ ...context, eksNamespace: 'A' }, "'eksNamespace' must be"],
    [{ ...context, eksCertificateAuthority: '-----BEGIN' }, "'eksCertificateAuthority' must be"],
  ])('refuses %j with a reason', (given, message) => {
    expect(() => readConfiguration(given)).toThrow(message);
  });
});

describe('the stack', () => {
  const { resources } = runtimeStack({
    eks: EKS,
    serviceAccountRoles: { builder: 'arn:aws:iam::123456789012:role/builder' },
  });

  it('lets three roles into the cluster, in two groups', () => {
    const entries = ofType(resources, 'AWS::EKS::AccessEntry').map(({ Properties }) => [
      Properties['ClusterName'],
      Properties['KubernetesGroups'],
      JSON.stringify(Properties['PrincipalArn']).replace(/[0-9A-F]{8}/, ''),
    ]);
    expect(entries).toMatchInlineSnapshot(`
      [
        [
          "main",
          [
            "argosy-jobs",
          ],
          "{"Fn::GetAtt":["RuntimeMachineRole","Arn"]}",
        ],
        [
          "main",
          [
            "argosy-jobs",
          ],
          "{"Fn::GetAtt":["RuntimeExitHandlerRole","Arn"]}",
        ],
        [
          "main",
          [
            "argosy-resources",
          ],
          "{"Fn::GetAtt":["RuntimeResourceRole","Arn"]}",
        ],
      ]
    `);
  });

  it('gives pods a role by their service account', () => {
    const pairs = ofType(resources, 'AWS::EKS::PodIdentityAssociation').map(({ Properties }) => Properties);
    expect(pairs).toMatchInlineSnapshot(`
      [
        {
          "ClusterName": "main",
          "Namespace": "workflows",
          "RoleArn": {
            "Fn::GetAtt": [
              "RuntimePodRoleD9F82BE9",
              "Arn",
            ],
          },
          "ServiceAccount": "default",
          "Tags": [
            {
              "Key": "argosy:prefix",
              "Value": "argosy-",
            },
            {
              "Key": "argosy:stack",
              "Value": "Argosy",
            },
          ],
        },
        {
          "ClusterName": "main",
          "Namespace": "workflows",
          "RoleArn": "arn:aws:iam::123456789012:role/builder",
          "ServiceAccount": "builder",
          "Tags": [
            {
              "Key": "argosy:prefix",
              "Value": "argosy-",
            },
            {
              "Key": "argosy:stack",
              "Value": "Argosy",
            },
          ],
        },
      ]
    `);
    const pod = Object.entries(resources).find(
      ([id, one]) => id.includes('PodRole') && one.Type === 'AWS::IAM::Role',
    );
    expect(pod?.[1].Properties['AssumeRolePolicyDocument']).toMatchObject({
      Statement: [
        { Action: ['sts:AssumeRole', 'sts:TagSession'], Principal: { Service: 'pods.eks.amazonaws.com' } },
      ],
    });
  });

  it('tells its functions, in no more than Lambda takes', () => {
    for (const { Properties } of ofType(resources, 'AWS::Lambda::Function')) {
      const { Variables } = (Properties['Environment'] ?? {}) as {
        readonly Variables?: Record<string, unknown>;
      };
      if (Variables?.['ARGOSY_PREFIX'] === undefined) continue;
      expect(Variables).toMatchObject({ ARGOSY_EKS_CLUSTER: 'main', ARGOSY_EKS_NAMESPACE: 'workflows' });
      // Environment variables have 4 KB together: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
      const size = Object.entries(Variables).reduce(
        (sum, [name, value]) => sum + name.length + (typeof value === 'string' ? value.length : 90),
        0,
      );
      expect(size).toBeLessThan(4096);
    }
  });

  it('has nothing of it without a cluster', () => {
    const types = Object.values(runtimeStack().resources).map(({ Type }) => Type);
    expect(types.filter((type) => type.startsWith('AWS::EKS'))).toEqual([]);
  });
});

describe('a workflow of its own', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'argosy-eks-')), 'workflow.yaml');
  const text = (annotation: string) => `apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: a-, annotations: {argosy/run-on: ${annotation}}}
spec:
  entrypoint: main
  templates:
    - {name: main, container: {image: busybox, command: ['true']}}
`;

  it('gets into the cluster when it has Jobs, and its definition names the cluster', () => {
    writeFileSync(file, text('eks'));
    const { stack, runtime } = userStack({ eks: EKS });
    new ArgoWorkflow(stack, 'Own', { file, runtime });
    const { resources } = templateOf(stack);
    expect(ofType(resources, 'AWS::EKS::AccessEntry')).toHaveLength(4);
    const [definition] = definitionsOf(stack);
    expect(definition).toContain('eks:runJob.sync');
    expect(definition).toContain(EKS.endpoint);
    expect(definition).not.toContain('CERTIFICATE');
  });

  it('does not without', () => {
    writeFileSync(file, text('fargate'));
    const { stack, runtime } = userStack({ eks: EKS });
    new ArgoWorkflow(stack, 'Own', { file, runtime });
    expect(ofType(templateOf(stack).resources, 'AWS::EKS::AccessEntry')).toHaveLength(3);
  });

  it('is refused where there is no cluster', () => {
    writeFileSync(file, text('eks'));
    const { stack, runtime } = userStack();
    expect(() => new ArgoWorkflow(stack, 'Own', { file, runtime })).toThrow(
      'argosy/run-on is eks, but this runtime has no EKS cluster',
    );
  });
});

describe('docs/eks-rbac.yaml', () => {
  const documents = readFileSync(new URL('../../docs/eks-rbac.yaml', import.meta.url), 'utf8')
    .split(/^---$/m)
    .map((one) => readYamlValue(one) as { readonly [key: string]: unknown })
    .filter((one) => one !== null);

  it('is what Kubernetes takes', () => {
    expect(documents.length).toBe(4);
    expect(documents.flatMap(faultsOf)).toEqual([]);
  });

  it('binds the groups that the stack names', () => {
    const groups = documents.flatMap(
      ({ subjects }) => (subjects ?? []) as readonly { readonly name: string }[],
    );
    expect(groups.map(({ name }) => name)).toEqual([JOBS_GROUP, RESOURCES_GROUP]);
  });
});

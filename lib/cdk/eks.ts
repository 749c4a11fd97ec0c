/** What makes the runtime known to an EKS cluster, and its pods known to AWS. */
import { CfnAccessEntry, CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import { type IRole, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { Configuration, GivenCluster } from './configuration.ts';
import type { Names } from './names.ts';
import { allow } from './permissions.ts';
import { taskPermissions } from './tasks.ts';

/** Groups of Kubernetes to which docs/eks-rbac.yaml gives rights. */
export const JOBS_GROUP = 'argosy-jobs';
export const RESOURCES_GROUP = 'argosy-resources';

export interface EksProps {
  readonly cluster: GivenCluster;
  readonly configuration: Configuration;
  readonly names: Names;
  readonly bucket: IBucket;
  /** Run and end Jobs. */
  readonly machineRole: IRole;
  readonly exitHandlerRole: IRole;
  /** Acts on the objects of `resource` templates. */
  readonly resourceRole: IRole;
}

/** Answers the role of the pods of the service account `default`. */
export function connectCluster(scope: Construct, props: EksProps): IRole {
  const { cluster, configuration, names, bucket } = props;
  accessEntry(scope, 'MachineAccess', cluster, props.machineRole, JOBS_GROUP);
  accessEntry(scope, 'ExitHandlerAccess', cluster, props.exitHandlerRole, JOBS_GROUP);
  accessEntry(scope, 'ResourceAccess', cluster, props.resourceRole, RESOURCES_GROUP);
  const role = podRole(scope);
  allow(role, taskPermissions(bucket, [names.secretsArn], undefined));
  const roles = { default: role.roleArn, ...configuration.serviceAccountRoles };
  for (const [serviceAccount, roleArn] of Object.entries(roles))
    new CfnPodIdentityAssociation(scope, `PodIdentity-${serviceAccount}`, {
      clusterName: cluster.name,
      namespace: cluster.namespace,
      serviceAccount,
      roleArn,
    });
  return role;
}

/** One principal may have one entry in a cluster, whichever stack makes it. */
export function accessEntry(
  scope: Construct,
  id: string,
  { name: clusterName }: GivenCluster,
  { roleArn: principalArn }: IRole,
  group: string,
): void {
  new CfnAccessEntry(scope, id, { clusterName, principalArn, type: 'STANDARD', kubernetesGroups: [group] });
}

/** EKS Pod Identity tags the session of a pod, so it has to be allowed to. */
function podRole(scope: Construct): Role {
  const principal = new ServicePrincipal('pods.eks.amazonaws.com');
  const role = new Role(scope, 'PodRole', {
    assumedBy: principal,
    description: 'Pods of workflows on EKS: their inputs, outputs and the answer of their step',
  });
  role.assumeRolePolicy?.addStatements(tagging(principal));
  return role;
}

function tagging(principal: ServicePrincipal): PolicyStatement {
  return new PolicyStatement({ principals: [principal], actions: ['sts:TagSession'] });
}

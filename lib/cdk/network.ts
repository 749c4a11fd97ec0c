/** Where tasks run: a VPC that costs nothing while no task runs, or one that is given. */
import {
  CfnSecurityGroup,
  CfnSecurityGroupIngress,
  FlowLogDestination,
  GatewayVpcEndpointAwsService,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { GivenVpc } from './configuration.ts';

export interface Network {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignPublicIp: 'ENABLED' | 'DISABLED';
}

export function makeNetwork(scope: Construct, given: GivenVpc | undefined, logs: IBucket): Network {
  if (given !== undefined) {
    return {
      subnets: given.subnetIds,
      securityGroups: given.securityGroupIds ?? [makeSecurityGroup(scope, given.vpcId)],
      assignPublicIp: given.assignPublicIp === true ? 'ENABLED' : 'DISABLED',
    };
  }
  const vpc = new Vpc(scope, 'Vpc', {
    // Two zones are what `Fn::GetAZs` gives in every region without asking the account.
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [
      { name: 'tasks', subnetType: SubnetType.PUBLIC, cidrMask: 20, mapPublicIpOnLaunch: false },
    ],
    restrictDefaultSecurityGroup: false,
    // Without charge, and artifacts need not leave through the internet gateway.
    gatewayEndpoints: { S3: { service: GatewayVpcEndpointAwsService.S3 } },
    flowLogs: { All: { destination: FlowLogDestination.toS3(logs, 'flows') } },
  });
  return {
    subnets: vpc.publicSubnets.map((subnet) => subnet.subnetId),
    securityGroups: [makeSecurityGroup(scope, vpc.vpcId)],
    // Images come from registries on the internet, and a NAT gateway costs more in a month than many runs.
    assignPublicIp: 'ENABLED',
  };
}

/**
 * A public address lets nobody in: the only way in is from the group itself, by which steps reach daemons.
 */
function makeSecurityGroup(scope: Construct, vpcId: string): string {
  const group = new CfnSecurityGroup(scope, 'TaskSecurityGroup', {
    groupDescription: 'Tasks of workflows: out to anywhere, in only from each other',
    vpcId,
    securityGroupEgress: [{ ipProtocol: '-1', cidrIp: '0.0.0.0/0', description: 'registries and APIs' }],
  });
  new CfnSecurityGroupIngress(scope, 'TaskToTask', {
    groupId: group.attrGroupId,
    sourceSecurityGroupId: group.attrGroupId,
    ipProtocol: '-1',
    description: 'steps reach daemons',
  });
  return group.attrGroupId;
}

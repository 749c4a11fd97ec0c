import { describe, expect, it } from 'vitest';
import { DEFAULTS, readConfiguration } from '../../lib/cdk/configuration.ts';

describe('configuration from context', () => {
  it('is the defaults when nothing is said, whatever CDK itself keeps there', () => {
    expect(readConfiguration({ '@aws-cdk/core:x': true, 'cli-telemetry': false, 'aws:cdk:y': 1 })).toEqual(
      DEFAULTS,
    );
  });

  it('reads the text of `-c` and the values of cdk.json alike', () => {
    const role = 'arn:aws:iam::123456789012:role/builder';
    const read = {
      ...DEFAULTS,
      spot: true,
      retentionDays: 7,
      architecture: 'ARM64',
      serviceAccountRoles: { builder: role },
      vpc: { vpcId: 'vpc-0a1b', subnetIds: ['subnet-1', 'subnet-2'], assignPublicIp: true },
    };
    const plain = { vpcId: 'vpc-0a1b', architecture: 'ARM64' };
    const typed = {
      spot: true,
      retentionDays: 7,
      serviceAccountRoles: { builder: role },
      assignPublicIp: true,
    };
    expect(readConfiguration({ ...plain, ...typed, subnetIds: ['subnet-1', 'subnet-2'] })).toEqual(read);
    const texts = Object.entries(typed).map(([key, value]) => [
      key,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]);
    expect(
      readConfiguration({ ...plain, ...Object.fromEntries(texts), subnetIds: 'subnet-1, subnet-2' }),
    ).toEqual(read);
  });

  it.each([
    [{ sopt: 'true' }, "unknown context key 'sopt'"],
    [{ spot: 'yes' }, "'spot' must be `true` or `false`, not 'yes'"],
    [{ retentionDays: 8 }, "'retentionDays' must be one of 1, 3, 5"],
    [{ retentionDays: '1e1' }, "not '1e1'"],
    [{ architecture: 'arm64' }, "'architecture' must be"],
    [{ prefix: 'Argosy-' }, "'prefix' must be"],
    [{ prefix: 'argosy' }, "'prefix' must be"],
    [{ vpcId: 'vpc-1' }, "'vpcId' needs 'subnetIds'"],
    [{ subnetIds: 'subnet-1' }, "'subnetIds' needs 'vpcId'"],
    [{ assignPublicIp: 'true' }, "'assignPublicIp' needs 'vpcId'"],
    [{ permissionsBoundary: 'arn:aws:iam::1:role/x' }, "'permissionsBoundary' must be"],
    [{ serviceAccountRoles: '{' }, 'a JSON object'],
    [{ serviceAccountRoles: { builder: 'builder' } }, 'a JSON object'],
    [{ executorImage: 'a b' }, "'executorImage' must be"],
    [{ defaultCpu: 300 }, "'defaultCpu' must be"],
    [{ fileSystem: 'efs' }, "'fileSystem' must be"],
  ])('refuses %j with a reason', (context, message) => {
    expect(() => readConfiguration(context)).toThrow(message);
  });
});

import { describe, expect, it } from 'vitest';
import type { Template } from '../../../lib/argo/template.ts';
import { fargateSize } from '../../../lib/evaluate/leaf/fargate-size.ts';
import { renderLeaf } from '../../../lib/evaluate/leaf/render-leaf.ts';
import type { StageRequest } from '../../../lib/evaluate/requests.ts';
import type { TaskDefinition } from '../../../lib/protocol/run-task.ts';
import { bundleOf, stage } from './fixtures.ts';

function definitionOf(template: Template, request: Partial<StageRequest> = {}): TaskDefinition {
  const leaf = renderLeaf(bundleOf(template), stage(request));
  if (leaf.kind === 'done') throw new Error(leaf.outcome.message);
  if (leaf.kind === 'job') throw new Error('runs on EKS');
  return leaf.taskDefinition;
}

function messageOf(template: Template): string | undefined {
  const leaf = renderLeaf(bundleOf(template), stage());
  return leaf.kind === 'done' ? leaf.outcome.message : undefined;
}

const plain: Template = {
  container: { image: 'busybox', args: ['{{inputs.parameters.x}}'] },
  inputs: { parameters: [{ name: 'x' }] },
};

describe('task definition', () => {
  it('is the same for the same image and shape, whatever the values', () => {
    const one = definitionOf(plain, { inputs: { parameters: { x: '1' } }, node: 'demo[0].a' });
    const two = definitionOf(plain, { inputs: { parameters: { x: '2' } }, node: 'demo[0].b' });
    const other = definitionOf({ container: { image: 'alpine' } });
    expect(two).toEqual(one);
    expect(other.family).not.toBe(one.family);
    expect(JSON.stringify(one)).not.toContain('ARGO');
  });

  it('says why no Fargate task can hold it, and is there for other engines all the same', () => {
    const large = { container: { image: 'x', resources: { requests: { cpu: '64' } } } };
    expect(definitionOf(large).unplaceable).toBe('no Fargate task size holds 64 vCPU and 0 MiB of memory');
    expect(definitionOf({ container: { image: 'x' } }).unplaceable).toBeUndefined();
  });

  it('starts everything after init, and lives as long as wait', () => {
    const sidecars = [{ name: 's', image: 'nginx' }];
    const initContainers = [{ name: 'i', image: 'busybox' }];
    const { containerDefinitions } = definitionOf({
      container: { image: 'busybox' },
      sidecars,
      initContainers,
    });
    expect(
      containerDefinitions.map((each) => [each.name, each.essential, each.dependsOn?.[0]?.containerName]),
    ).toEqual([
      ['init', false, undefined],
      ['i', false, 'init'],
      ['main', false, 'init'],
      ['s', false, 'init'],
      ['wait', true, 'init'],
    ]);
    expect(containerDefinitions[2]?.entryPoint).toEqual(['/argosy/busybox', 'sh', '/argosy/run.sh', 'main']);
  });

  it('mounts volumes where they are mounted, parts of them aside, and lets init fill files', () => {
    const volumes = [
      { name: 'files', configMap: { name: 'c' } },
      { name: 'data', persistentVolumeClaim: { claimName: 'k' } },
    ];
    const volumeMounts = [
      { name: 'files', mountPath: '/etc/x', readOnly: true },
      { name: 'data', mountPath: '/d', subPath: 'part' },
    ];
    const { containerDefinitions, volumes: defined } = definitionOf({
      volumes,
      container: { image: 'busybox', volumeMounts },
    });
    expect(defined).toEqual([{ name: 'argosy' }, { name: 'files' }, { name: 'data', efs: { claim: 'k' } }]);
    expect(containerDefinitions.map((each) => each.mountPoints?.slice(1))).toEqual([
      [{ sourceVolume: 'files', containerPath: '/argosy-volumes/files' }],
      [
        { sourceVolume: 'files', containerPath: '/etc/x', readOnly: true },
        { sourceVolume: 'data', containerPath: '/argosy-volumes/data' },
      ],
      [],
    ]);
  });

  it("takes user and read-only root from the security context, or from the pod's", () => {
    const container = { image: 'busybox', securityContext: { runAsUser: 7, readOnlyRootFilesystem: true } };
    const securityContext = { runAsUser: 1, runAsGroup: 2 };
    const main = definitionOf({ container, securityContext }).containerDefinitions[1];
    expect(main).toMatchObject({ user: '7:2', readonlyRootFilesystem: true });
  });

  it.each<[string, Template, string, string]>([
    ['nothing', { container: { image: 'x' } }, '256', '512'],
    [
      'requests',
      { container: { image: 'x', resources: { requests: { cpu: '300m', memory: '1Gi' } } } },
      '512',
      '1024',
    ],
    ['limits', { container: { image: 'x', resources: { limits: { memory: '9Gi' } } } }, '2048', '9216'],
    [
      'the sum of what runs together',
      {
        container: { image: 'x', resources: { requests: { cpu: 1, memory: '1G' } } },
        sidecars: [{ name: 's', image: 'y', resources: { requests: { cpu: '1' } } }],
      },
      '2048',
      '4096',
    ],
    [
      'the largest init container',
      {
        container: { image: 'x' },
        initContainers: [{ name: 'i', image: 'y', resources: { requests: { cpu: '4' } } }],
      },
      '4096',
      '8192',
    ],
    [
      'the whole pod',
      { container: { image: 'x' }, podResources: { requests: { cpu: '8', memory: '17Gi' } } },
      '8192',
      '20480',
    ],
  ])('is as large as asked for: %s', (_what, template, cpu, memory) => {
    expect(definitionOf(template)).toMatchObject({ cpu, memory });
  });

  it('runs on what nodeSelector says', () => {
    const nodeSelector = { 'kubernetes.io/arch': 'arm64', disk: 'ssd' };
    expect(definitionOf({ container: { image: 'x' }, nodeSelector }).runtimePlatform).toEqual({
      cpuArchitecture: 'ARM64',
      operatingSystemFamily: 'LINUX',
    });
    const windows = definitionOf({
      container: { image: 'x' },
      nodeSelector: { 'kubernetes.io/os': 'windows' },
    });
    expect(windows).toMatchObject({
      cpu: '1024',
      runtimePlatform: { operatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' },
    });
  });

  it.each<[string, Template, string]>([
    [
      'too many containers',
      {
        containerSet: {
          containers: Array.from({ length: 9 }, (_, index) => ({ name: `c${index}`, image: 'x' })),
        },
      },
      "an ECS task holds 10 containers, of which 2 are the executor's; this template has 9",
    ],
    [
      'a name that is taken',
      { container: { image: 'x' }, sidecars: [{ name: 'wait', image: 'x' }] },
      "container name 'wait' is used twice or kept for the executor",
    ],
    [
      'a quantity that is none',
      { container: { image: 'x', resources: { requests: { cpu: 'much' } } } },
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
  ])('is refused with %s', (_what, template, message) => {
    expect(messageOf(template)).toBe(message);
  });
});

describe('fargateSize', () => {
  it.each([
    [0, 0, '256', '512'],
    [256, 513, '256', '1024'],
    [256, 3000, '512', '3072'],
    [1024, 512, '1024', '2048'],
    [8192, 17_000, '8192', '20480'],
    [16_384, 123_000, '32768', '249856'],
  ])('%d units and %d MiB', (cpu, memory, units, size) => {
    expect(fargateSize(cpu, memory)).toEqual({ cpu: units, memory: size });
  });

  it('has an end', () => {
    expect(fargateSize(0, 245 * 1024)).toBeUndefined();
  });
});

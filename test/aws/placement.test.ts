import { describe, expect, it } from 'vitest';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { bindMachine } from '../../lib/aws/bind-machine.ts';
import type { Environment } from '../../lib/aws/environment.ts';
import { withDefaults } from '../../lib/aws/task-definitions.ts';
import { readRoles, taskRoles } from '../../lib/aws/task-roles.ts';
import type { Bundle } from '../../lib/evaluate/bundle.ts';
import type { TaskDefinition } from '../../lib/protocol/run-task.ts';

const NETWORK = { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: 'ENABLED' };
const MACHINE: StateMachine = {
  StartAt: 'a',
  States: {
    a: {
      Type: 'Task',
      Resource: 'arn:aws:states:::ecs:runTask.sync',
      Arguments: { LaunchType: 'FARGATE', Overrides: { ContainerOverrides: [] } },
      End: true,
    },
  },
};

function argumentsOf(machine: StateMachine): unknown {
  const state = machine.States['a'];
  return state?.Type === 'Task' ? state.Arguments : undefined;
}

describe('tasks of a machine', () => {
  it('are launched on Fargate, with the role of their definition', () => {
    const bound = argumentsOf(bindMachine(MACHINE, NETWORK));
    expect(bound).toMatchObject({ LaunchType: 'FARGATE', Overrides: { ContainerOverrides: [] } });
    expect(JSON.stringify(bound)).not.toContain('TaskRoleArn');
  });

  it('go to Spot in place of a launch type', () => {
    const bound = argumentsOf(bindMachine(MACHINE, { ...NETWORK, isSpot: true }));
    expect(bound).toMatchObject({
      CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }],
    });
    expect(bound).not.toHaveProperty('LaunchType');
  });

  it('get the role that is known of their state', () => {
    const taskRole = (state: string) => (state === 'a' ? 'role-of-a' : undefined);
    expect(argumentsOf(bindMachine(MACHINE, { ...NETWORK, taskRole }))).toMatchObject({
      Overrides: { ContainerOverrides: [], TaskRoleArn: 'role-of-a' },
    });
  });
});

describe('roles of service accounts', () => {
  const template = (serviceAccountName?: string) => ({
    id: 't',
    name: 't',
    scope: 'local/',
    calls: {},
    template: { name: 't', ...(serviceAccountName && { serviceAccountName }) },
  });
  const bundle: Bundle = {
    id: '1',
    spec: { serviceAccountName: 'builder' },
    entrypoint: 'plain',
    hooks: {},
    templates: { plain: template(), own: template('deployer'), odd: template('toString') },
    configMaps: {},
  };
  const origins = { a: { template: 'plain' }, b: { template: 'own' }, c: { template: 'odd' } };
  const of = (roles: Readonly<Record<string, string>>) =>
    ['a', 'b', 'c'].map(taskRoles({ bundle, origins }, roles));

  it('are those of the template, or else of the workflow', () => {
    expect(of({ builder: 'B', deployer: 'D' })).toEqual(['B', 'D', undefined]);
  });

  it('are none where the stack knows none', () => expect(of({})).toEqual([undefined, undefined, undefined]));

  it('are read as they are configured', () => {
    expect(readRoles('{"a": "arn", "b": 1}')).toEqual({ a: 'arn' });
    expect([readRoles(undefined), readRoles(''), readRoles('[1]')]).toEqual([{}, {}, {}]);
  });
});

describe('what a template leaves open', () => {
  const definition = (more: Partial<TaskDefinition> = {}): TaskDefinition => ({
    family: 'f',
    containerDefinitions: [],
    volumes: [],
    cpu: '256',
    memory: '512',
    runtimePlatform: { operatingSystemFamily: 'LINUX' },
    ...more,
  });
  const around = {
    architecture: 'ARM64',
    defaultCpu: '512',
    defaultMemory: '3000',
  } as unknown as Environment;

  it('is as the stack is configured, rounded up to a size of Fargate', () => {
    expect(withDefaults(definition(), around)).toMatchObject({
      cpu: '512',
      memory: '3072',
      runtimePlatform: { cpuArchitecture: 'ARM64', operatingSystemFamily: 'LINUX' },
    });
  });

  it('is the smallest task on X86_64 in a stack that says nothing', () => {
    expect(withDefaults(definition(), {} as unknown as Environment)).toMatchObject({
      cpu: '256',
      memory: '512',
      runtimePlatform: { cpuArchitecture: 'X86_64' },
    });
  });

  it('is only what it left open', () => {
    const asked = definition({
      cpu: '1024',
      memory: '2048',
      runtimePlatform: { cpuArchitecture: 'X86_64', operatingSystemFamily: 'LINUX' },
    });
    expect(withDefaults(asked, around)).toEqual(asked);
  });
});

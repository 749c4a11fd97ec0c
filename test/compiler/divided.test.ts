/** Runs that are too large for one state machine: each machine fits, and what happens is what happens in one. */
import { describe, expect, test } from 'vitest';
import { checkStateMachine } from '../../lib/asl/check.ts';
import { allStates } from '../../lib/asl/print.ts';
import { QUOTAS } from '../../lib/asl/quotas.ts';
import { bindMachine } from '../../lib/aws/bind-machine.ts';
import type { Compiled } from '../../lib/compiler/compile.ts';
import { taskError } from '../../lib/runtime/index.ts';
import { dagYaml } from '../bench/generate.ts';
import { compileText, type Simulated, simulateCompiled } from '../laws/simulated-run.ts';

const SECOND = [{ node: '*', answers: [{ seconds: 1 }] }];

function machinesOf({ machine, parts }: Compiled) {
  return [machine, ...Object.values(parts)];
}

/** An account whose names are as long as they may be expected to be. */
const AROUND = {
  subnets: Array.from({ length: 6 }, (_, at) => `subnet-0123456789abcdef${at}`),
  securityGroups: ['sg-0123456789abcdef0', 'sg-0123456789abcdef1'],
  assignPublicIp: 'DISABLED',
  taskRole: () => `arn:aws:iam::123456789012:role/${'r'.repeat(64)}`,
  taskDefinition: (family: string) =>
    `arn:aws:ecs:ap-southeast-1:123456789012:task-definition/${family}:12345`,
};

function phasesOf({ status }: Simulated) {
  return Object.fromEntries([...status.nodes].map(([name, { phase }]) => [name, phase]).sort());
}

test('no machine of a DAG of 450 tasks is larger than a definition may be, nor is a name too long', () => {
  const { compiled } = compileText(dagYaml(450));
  expect(Object.keys(compiled.parts)).toEqual(['-p001', '-p002', '-p003'].slice(0, 2));
  for (const machine of machinesOf(compiled)) {
    const definition = JSON.stringify(bindMachine(machine, AROUND));
    expect(definition.length).toBeLessThanOrEqual(QUOTAS.definitionSize);
    expect(checkStateMachine(machine)).toEqual([]);
    for (const [name] of allStates(machine)) {
      expect(name.length).toBeLessThanOrEqual(QUOTAS.stateNameLength);
      expect(compiled.origins[name]).toBeDefined();
    }
  }
});

describe('a DAG of 70 tasks in several machines', () => {
  const text = dagYaml(70);
  const divided = compileText(text, { definitionSize: 100_000 });

  test('has the nodes that it has in one, and waits for no more', async () => {
    expect(Object.keys(divided.compiled.parts).length).toBeGreaterThan(1);
    const one = await simulateCompiled(compileText(text), { rules: SECOND });
    const several = await simulateCompiled(divided, { rules: SECOND });
    expect(several.status.phase).toBe('Succeeded');
    expect(phasesOf(several)).toEqual(phasesOf(one));
    expect(several.milliseconds).toBe(one.milliseconds);
  });

  test('fails as in one where a task fails, and omits what waited for it', async () => {
    const rules = [{ node: '*.t9', answers: [{ exitCode: 1 }] }, ...SECOND];
    const one = await simulateCompiled(compileText(text), { rules });
    const several = await simulateCompiled(divided, { rules });
    expect(several.status.phase).toBe('Failed');
    expect(Object.values(phasesOf(several))).toContain('Omitted');
    expect(phasesOf(several)).toEqual(phasesOf(one));
  });

  test('ends although an execution is lost, for whose tasks others wait', async () => {
    const several = await simulateCompiled(divided, {
      rules: SECOND,
      around: (tasks) => ({
        run: async (request) => {
          const { Input: input } = request.arguments as { readonly Input?: { readonly target?: string } };
          if (input?.target === 'main/part 2') throw taskError('States.TaskFailed', 'it was stopped');
          return await tasks.run(request);
        },
      }),
    });
    expect(several.status.phase).toBe('Error');
    expect(several.status.message).toContain('it was stopped');
  });
});

test('what cannot be divided is told by its size alone', () => {
  const { compiled } = compileText(dagYaml(3), { definitionSize: 1_000 });
  expect(compiled.parts).toEqual({});
});

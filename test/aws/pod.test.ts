/** The executor in a pod of EKS: what Kubernetes tells it, who is alive, and how wrappers end. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test } from 'vitest';
import { podLookup } from '../../lib/aws/executor-world.ts';
import { podMetadata } from '../../lib/aws/pod-metadata.ts';
import { containerEnv } from '../../lib/executor/container-env.ts';
import { CALM, WRAPPER_SCRIPT } from '../../lib/executor/wrapper-script.ts';
import type { ContainerSpec, TaskSpec } from '../../lib/protocol/task-spec.ts';
import { eventually } from '../support/eventually.ts';

const VARIABLES = {
  ARGOSY_secret_tokens_main: 's3cret',
  'ARGOSY_secret_my.tokens_a_b': 'x',
  ARGOSY_configMap_settings_mode: 'fast',
  'ARGOSY_FIELD_spec.nodeName': 'node-7',
  'ARGOSY_FIELD_metadata.namespace': 'workflows',
  'ARGOSY_FIELD_status.podIP': '10.1.2.3',
  'ARGOSY_RESOURCE_main_limits.cpu_1m': '500',
  ARGOSY_JOB: 'wf-main-1234',
};

describe('what Kubernetes tells', () => {
  const lookup = podLookup(VARIABLES, async (_kind, name) =>
    name === 'elsewhere' ? { key: 'aws' } : undefined,
  );

  it('secrets and ConfigMaps of the namespace, then those of the stack', async () => {
    expect(await lookup('secret', 'tokens')).toEqual({ main: 's3cret' });
    expect(await lookup('secret', 'my.tokens')).toEqual({ a_b: 'x' });
    expect(await lookup('configMap', 'settings')).toEqual({ mode: 'fast' });
    expect(await lookup('secret', 'elsewhere')).toEqual({ key: 'aws' });
    expect(await lookup('secret', 'none')).toBeUndefined();
  });

  it('is put into the environment of containers, and into what refers to it', async () => {
    const container = {
      name: 'main',
      image: 'i',
      mounts: [],
      env: [
        { name: 'TOKEN', from: { kind: 'secret', name: 'tokens', key: 'main' } },
        { name: 'NODE', from: { kind: 'field', path: 'spec.nodeName' } },
        { name: 'CPUS', from: { kind: 'resource', variable: 'ARGOSY_RESOURCE_main_limits.cpu_1m' } },
        { name: 'BOTH', value: '$(NODE)/$(CPUS)' },
      ],
    } as unknown as ContainerSpec;
    const facts = {
      ip: '1',
      hostName: 'h',
      downward: (name: string) => (VARIABLES as Record<string, string>)[name],
    };
    expect(await containerEnv({} as TaskSpec, container, lookup, facts)).toEqual({
      TOKEN: 's3cret',
      NODE: 'node-7',
      CPUS: '500',
      BOTH: 'node-7/500',
    });
    const missing = {
      ...container,
      env: [{ name: 'T', from: { kind: 'secret', name: 'none', key: 'k' } }],
    } as ContainerSpec;
    await expect(containerEnv({} as TaskSpec, missing, lookup, facts)).rejects.toThrow(
      'secret "none" not found',
    );
  });

  it('the pod and its Job', async () => {
    const metadata = podMetadata(VARIABLES, '/nowhere', () => 0);
    expect(await metadata.ip()).toBe('10.1.2.3');
    expect(await metadata.taskArn()).toBe('workflows/wf-main-1234');
    expect(await metadata.ended()).toEqual({});
  });
});

/** A busybox with the lock of this machine: Debian's has none. */
function sharedFolder(): string {
  const shared = mkdtempSync(join(tmpdir(), 'argosy-pod-'));
  const program = '#!/bin/sh\nif [ "$1" = flock ]; then shift; exec flock "$@"; fi\nexec busybox "$@"\n';
  writeFileSync(join(shared, 'busybox'), program);
  chmodSync(join(shared, 'busybox'), 0o755);
  return shared;
}

const hasTools = ['flock', 'busybox'].every((tool) => spawnSync('which', [tool]).status === 0);
let child: ChildProcess | undefined;
afterEach(() => void child?.kill('SIGKILL'));

describe.skipIf(!hasTools)('containers of a pod', () => {
  /** The wrapper at work in a folder of ours. */
  function start(shared: string, command: readonly string[]): ChildProcess {
    const folder = join(shared, 'ctr', 'main');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'command'), command.map((word) => `${word}\0`).join(''));
    writeFileSync(join(shared, CALM), '');
    const script = join(shared, 'run.sh');
    writeFileSync(script, WRAPPER_SCRIPT.replace('S=/argosy;', `S=${shared};`));
    child = spawn('busybox', ['sh', script, 'main'], { stdio: 'ignore' });
    return child;
  }

  const exitOf = (one: ChildProcess) => new Promise<number | null>((done) => one.once('exit', done));

  test('a wrapper ends with 0, and leaves the exit code for wait', async () => {
    const shared = sharedFolder();
    expect(await exitOf(start(shared, ['/bin/sh', '-c', 'exit 7']))).toBe(0);
    expect(readFileSync(join(shared, 'ctr/main/exitcode'), 'utf8')).toBe('7\n');
    expect(await podMetadata({}, shared, () => 0).ended()).toEqual({});
  });

  test('one that was killed is found out, one that lives is not', async () => {
    const shared = sharedFolder();
    const wrapper = start(shared, ['/bin/sleep', '60']);
    const children = (...name: readonly string[]) =>
      spawnSync('pgrep', ['-P', String(wrapper.pid), ...name], { encoding: 'utf8' }).stdout.match(/\d+/g) ??
      [];
    await eventually(() => expect(children('sleep').length).toBe(1));
    let now = 0;
    const later = () => {
      now += 5_000;
      return now;
    };
    const metadata = podMetadata({}, shared, later);
    expect(await metadata.ended()).toEqual({});
    // All processes of a container end together.
    const own = children();
    const gone = exitOf(wrapper);
    wrapper.kill('SIGKILL');
    await gone;
    for (const pid of own) process.kill(Number(pid), 'SIGKILL');
    for (let tries = 0; tries < 50 && Object.keys(await metadata.ended()).length === 0; tries += 1)
      await new Promise((done) => setTimeout(done, 50));
    expect(await metadata.ended()).toEqual({ main: { exitCode: 137, outOfMemory: false } });
  });
});

/** What every engine must do with a leaf. An engine may leave out a case only by name and with a reason. */
import { existsSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Engine, LogLine } from '../../lib/engines/engine.ts';
import type { Outcome } from '../../lib/protocol/outcome.ts';
import type { InputArtifact, OutputArtifact } from '../../lib/protocol/task-spec.ts';
import { type Bench, container, createBench, sh, taskSpec } from './leaf-spec.ts';
import { untilTrue } from './processes.ts';

export interface Contract {
  readonly name: string;
  readonly create: () => Promise<Engine>;
  /** Names of cases with the reason why this engine cannot pass them. */
  readonly exceptions?: Readonly<Record<string, string>>;
}

type Check = (bench: Bench, engine: Engine) => Promise<void>;

export function testEngine(contract: Contract): void {
  // Leaves know nothing of each other, and mostly wait.
  describe(`engine ${contract.name}`, { concurrent: true }, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await contract.create();
    });
    afterAll(async () => await engine.close());
    for (const [name, check] of Object.entries(cases)) {
      const reason = contract.exceptions?.[name];
      if (reason !== undefined) console.info(`engine ${contract.name}: no "${name}", because ${reason}`);
      else
        it(
          name,
          async () =>
            await check(
              createBench(() => engine),
              engine,
            ),
        );
    }
  });
}

const parameter = (name: string, path: string) => ({ name, path });

function output(name: string, path: string, more: Partial<OutputArtifact> = {}): OutputArtifact {
  return { name, path, optional: false, ...more, artifact: { s3: { key: `wf/${name}` }, ...more.artifact } };
}

function input(name: string, path: string, artifact: InputArtifact['artifact'], more = {}): InputArtifact {
  return { name, path, artifact, optional: false, ...more };
}

const cases: Readonly<Record<string, Check>> = {
  'gives result, exit code and times of a command': async (bench) => {
    const outcome = await bench.run(
      taskSpec(sh('echo one; echo two; echo not-me >&2'), { outputs: { result: true } }),
    );
    expect(outcome).toMatchObject({
      node: 'wf.leaf',
      phase: 'Succeeded',
      outputs: { result: 'one\ntwo', exitCode: '0' },
    });
    expect(Date.parse(outcome.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(outcome.startedAt ?? ''));
  },

  'captures no result that nobody asked for': async (bench) => {
    expect((await bench.run(taskSpec(sh('echo one')))).outputs).toEqual({ exitCode: '0' });
  },

  'keeps the last 256 KiB of a long result': async (bench) => {
    const script = 'i=0; while [ $i -lt 3000 ]; do printf "%0100d" $i; i=$((i+1)); done; echo end';
    const outcome = await bench.run(taskSpec(sh(script), { outputs: { result: true }, inlineBytes: 1e6 }));
    const result = outcome.outputs?.result ?? '';
    expect(result).toHaveLength(256 * 1024);
    expect(result.endsWith('2999end')).toBe(true);
  },

  'passes arguments exactly, without any shell between': async (bench) => {
    const words = ['a b', '', '$HOME', `it's "q"`, '*', 'x\ny', '\\', '$(id)', '`id`', '-n', 'ü€😀'];
    const script = 'for each; do printf "[%s]" "$each"; done';
    const main = container({ command: ['sh', '-c', script, 'name'], args: words });
    const outcome = await bench.run(taskSpec(main, { outputs: { result: true } }));
    expect(outcome.outputs?.result).toBe(words.map((word) => `[${word}]`).join(''));
  },

  'puts an argument that is too long for the system in a file': async (bench) => {
    const main = container({
      command: ['sh', '-c', 'echo "${1%@*}$1"; wc -c < "${1#@}"', 'name'],
      args: ['y'.repeat(200_000)],
    });
    const outcome = await bench.run(taskSpec(main, { outputs: { result: true } }));
    expect(outcome.outputs?.result).toMatch(/^@\S*\/tmp\/argo_arg_3\.txt\n\s*200000$/);
  },

  'runs a script from a file whose path is the last argument': async (bench) => {
    const main = container({ command: ['sh'], source: 'echo "hello from ${0##*/}"\n' });
    const outcome = await bench.run(taskSpec(main, { type: 'script', outputs: { result: true } }));
    expect(outcome.outputs?.result).toBe('hello from script');
  },

  'gives environment, working directory and $(NAME) as Kubernetes does': async (bench) => {
    const main = container({
      command: [
        'sh',
        '-c',
        'pwd; echo "$GREETING|$SECRET|$P_one|$POD|${HOSTNAME}|$1"',
        'name',
        '$(GREETING) $(NONE) $$(GREETING)',
      ],
      workingDir: '/work/deep',
      env: [
        { name: 'WHO', value: 'world' },
        { name: 'GREETING', value: 'hello $(WHO)' },
        { name: 'SECRET', from: { kind: 'secret', name: 'password', key: 'word' } },
        { name: 'POD', from: { kind: 'field', path: 'metadata.name' } },
      ],
      envFrom: [{ kind: 'configMap', name: 'settings', prefix: 'P_' }],
    });
    const data: Record<string, Record<string, string>> = {
      password: { word: 's3cret' },
      settings: { one: '1' },
    };
    const outcome = await bench.run(taskSpec(main, { outputs: { result: true } }), {
      objects: async (_, name) => data[name],
    });
    expect(outcome.outputs?.result).toMatch(
      /^\S*\/work\/deep\nhello world\|s3cret\|1\|wf-leaf-123\|[^|]+\|hello world \$\(NONE\) \$\(GREETING\)$/,
    );
  },

  'does not start a container whose secret is missing': async (bench) => {
    const main = sh('true', { env: [{ name: 'X', from: { kind: 'secret', name: 'absent', key: 'k' } }] });
    const outcome = await bench.run(taskSpec(main));
    expect(outcome.phase).toBe('Error');
    expect(outcome.message).toContain('secret "absent" not found');
    expect(outcome.outputs).toBeUndefined();
  },

  'fails with the exit code of main': async (bench) => {
    const outcome = await bench.run(taskSpec(sh('exit 3')));
    expect(outcome).toMatchObject({
      phase: 'Failed',
      message: 'main: Error (exit code 3)',
      outputs: { exitCode: '3' },
    });
  },

  'fails with 64 when the command is not there': async (bench) => {
    const outcome = await bench.run(taskSpec(container({ command: ['no-such-program'] })));
    expect(outcome.phase).toBe('Failed');
    expect(outcome.outputs?.exitCode).toBe('64');
    expect(outcome.message).toContain('"no-such-program": executable file not found in $PATH');
  },

  'fails with 137 when main is killed': async (bench) => {
    const outcome = await bench.run(taskSpec(sh('kill -9 $$')));
    expect(outcome).toMatchObject({
      phase: 'Failed',
      message: 'main: Error (exit code 137)',
      outputs: { exitCode: '137' },
    });
  },

  'collects output parameters, without one trailing newline, with defaults and exports': async (bench) => {
    const outcome = await bench.run(
      taskSpec(sh('mkdir -p /out; printf "one\\n\\n" > /tmp/a; : > /out/empty'), {
        outputs: {
          parameters: [
            { ...parameter('a', '/tmp/a'), globalName: 'exported' },
            { ...parameter('empty', '/out/empty'), default: 'unused' },
            { ...parameter('none', '/tmp/none'), default: 'fallback' },
          ],
        },
      }),
    );
    expect(outcome.outputs?.parameters).toEqual({ a: 'one\n', empty: '', none: 'fallback' });
    expect(outcome.globals).toEqual({ parameters: { exported: 'one\n' } });
  },

  'is an Error when an output is missing, unless main failed itself': async (bench) => {
    const outputs = { parameters: [parameter('a', '/tmp/a')], artifacts: [output('b', '/tmp/b')] };
    const missing = await bench.run(taskSpec(sh('true'), { outputs }));
    expect(missing).toMatchObject({
      phase: 'Error',
      message: 'wait: Error (exit code 1): could not find /tmp/a',
      outputs: { exitCode: '0' },
    });
    const artifact = await bench.run(taskSpec(sh('echo > /tmp/a'), { outputs }));
    expect(artifact.message).toBe('wait: Error (exit code 1): artifact b not found');
    expect(artifact.outputs?.parameters).toEqual({ a: '' });
    const failed = await bench.run(taskSpec(sh('echo 1 > /tmp/a; exit 2'), { outputs }));
    expect(failed).toMatchObject({
      phase: 'Failed',
      message: 'main: Error (exit code 2)',
      outputs: { parameters: { a: '1' } },
    });
  },

  'puts outputs past the budget in the store': async (bench) => {
    const outputs = { parameters: [parameter('a', '/tmp/a')], result: true };
    const outcome = await bench.run(taskSpec(sh('seq 1000 > /tmp/a; echo r'), { outputs, inlineBytes: 100 }));
    expect(outcome.outputs).toEqual({ exitCode: '0' });
    const stored = JSON.parse(
      Buffer.from((await bench.blobs.get(outcome.outputsRef ?? '')) ?? []).toString(),
    );
    expect(stored.outputs.result).toBe('r');
    expect(stored.outputs.parameters.a).toMatch(/^1\n2\n3\n(.*\n)*1000$/);
  },

  'loads raw inputs at any path, with their modes': async (bench) => {
    const artifacts = [
      input(
        'tool',
        '/usr/local/bin/tool',
        { raw: { data: '#!/bin/sh\necho "tool says $1"\n' } },
        { mode: 0o755 },
      ),
      input('note', '/new/top/level.txt', { raw: { data: 'note' } }, { mode: 0o600 }),
    ];
    const main = sh('tool hi; cat /new/top/level.txt; stat -L -c " %a" /new/top/level.txt');
    const outcome = await bench.run(taskSpec(main, { inputs: { artifacts }, outputs: { result: true } }));
    expect(outcome.outputs?.result).toBe('tool says hi\nnote 600');
  },

  'is an Error when an input cannot be loaded, and leaves out an optional one': async (bench) => {
    const absent = { s3: { key: 'no/such/key' } };
    const needed = taskSpec(sh('true'), { inputs: { artifacts: [input('doc', '/in/doc', absent)] } });
    const outcome = await bench.run(needed);
    expect(outcome.phase).toBe('Error');
    expect(outcome.message).toContain('artifact doc failed to load: The specified key does not exist.');
    expect(outcome.outputs).toBeUndefined();
    const spare = { artifacts: [input('doc', '/in/doc', absent, { optional: true })] };
    const outputs = { result: true };
    const without = await bench.run(taskSpec(sh('test -e /in/doc || echo none'), { inputs: spare, outputs }));
    expect(without.outputs?.result).toBe('none');
  },

  'hands files and folders from leaf to leaf in every archive form': async (bench) => {
    const forms: Readonly<Record<string, OutputArtifact['artifact']>> = {
      gzip: {},
      tar: { archive: { tar: { compressionLevel: 0 } } },
      none: { archive: { none: {} } },
      zip: { archive: { zip: {} } },
    };
    const make =
      'mkdir -p /out/dir/sub && echo file > /out/file && echo one > /out/dir/one && echo two > /out/dir/sub/two';
    const artifacts = Object.entries(forms).flatMap(([form, artifact]) => [
      output(`${form}-file`, '/out/file', { artifact: { s3: { key: `wf/${form}/file` }, ...artifact } }),
      output(`${form}-dir`, '/out/dir', { artifact: { s3: { key: `wf/${form}/dir` }, ...artifact } }),
    ]);
    const made = await bench.run(taskSpec(sh(make), { outputs: { artifacts } }));
    expect(made.message).toBeUndefined();
    const saved = Object.entries(made.outputs?.artifacts ?? {});
    expect(saved).toHaveLength(8);
    const inputs = saved.map(([name, artifact]) => input(name, `/in/${name}`, artifact));
    const read = Object.keys(forms).map(
      (form) => `cat /in/${form}-file /in/${form}-dir/one /in/${form}-dir/sub/two`,
    );
    const spec = taskSpec(sh(read.join('\n')), { inputs: { artifacts: inputs }, outputs: { result: true } });
    const outcome = await bench.run(spec);
    expect(outcome.outputs?.result?.split('\n')).toEqual(
      Object.keys(forms).flatMap(() => ['file', 'one', 'two']),
    );
  },

  'exports artifacts by global name and leaves out optional ones that are missing': async (bench) => {
    const artifacts = [
      output('a', '/tmp/a', {
        globalName: 'exported',
        artifact: { s3: { key: 'wf/a.tgz' }, path: '/tmp/a' },
      }),
      output('b', '/tmp/b', { optional: true }),
    ];
    const outcome = await bench.run(taskSpec(sh('echo > /tmp/a'), { outputs: { artifacts } }));
    expect(Object.keys(outcome.outputs?.artifacts ?? {})).toEqual(['a']);
    expect(outcome.globals?.artifacts).toEqual({ exported: { name: 'exported', s3: { key: 'wf/a.tgz' } } });
  },

  'keeps what a step writes away from the machine and from other steps': async (bench) => {
    const mark = `/tmp/argosy-contract-${process.pid}`;
    expect((await bench.run(taskSpec(sh(`echo x > ${mark}; echo y > /argosy-contract`)))).phase).toBe(
      'Succeeded',
    );
    expect(existsSync(mark)).toBe(false);
    const outcome = await bench.run(taskSpec(sh(`test ! -e ${mark} && test ! -e /argosy-contract`)));
    expect(outcome.phase).toBe('Succeeded');
  },

  'shares volumes among containers, mounted where each wants them': async (bench) => {
    const volumes = [
      { kind: 'emptyDir', name: 'ws' },
      {
        kind: 'configMap',
        name: 'conf',
        source: 'settings',
        items: [{ key: 'a', path: 'deep/a.ini', mode: 0o600 }],
      },
      { kind: 'secret', name: 'keys', source: 'password' },
    ] as const;
    const main = sh('cat /a/f /b/f /conf/deep/a.ini /keys/word', {
      mounts: [
        { volume: 'ws', mountPath: '/a' },
        { volume: 'ws', mountPath: '/b' },
        { volume: 'conf', mountPath: '/conf' },
        { volume: 'keys', mountPath: '/keys', readOnly: true },
      ],
    });
    const initContainers = [sh('printf "from init " > /b/f', { name: 'prepare', mirrorVolumeMounts: true })];
    const data: Record<string, Record<string, string>> = {
      settings: { a: 'x=1 ' },
      password: { word: 'pw' },
    };
    const spec = taskSpec(main, { volumes, initContainers, outputs: { result: true } });
    const outcome = await bench.run(spec, { objects: async (_, name) => data[name] });
    expect(outcome.outputs?.result).toBe('from init from init x=1 pw');
  },

  'keeps claims for later steps, and mounts a part of one': async (bench) => {
    const volumes = [
      { kind: 'claim', name: 'data', claim: `wf-data-${Math.random()}`, perRun: true },
    ] as const;
    const write = sh('echo kept > /data/f', {
      mounts: [{ volume: 'data', mountPath: '/data', subPath: 'a/b' }],
    });
    expect((await bench.run(taskSpec(write, { volumes }))).message).toBeUndefined();
    const read = sh('cat /elsewhere/a/b/f', { mounts: [{ volume: 'data', mountPath: '/elsewhere' }] });
    const outcome = await bench.run(taskSpec(read, { volumes, outputs: { result: true } }));
    expect(outcome.outputs?.result).toBe('kept');
  },

  'takes outputs from a volume, and inputs to one': async (bench) => {
    const main = sh('cat /ws/in.txt > /ws/out/v; ls /ws', {
      mounts: [{ volume: 'ws', mountPath: '/ws' }],
      workingDir: '/ws/out',
    });
    const spec = taskSpec(main, {
      volumes: [{ kind: 'emptyDir', name: 'ws' }],
      inputs: { artifacts: [input('in', '/ws/in.txt', { raw: { data: 'given' } })] },
      outputs: { parameters: [parameter('v', '/ws/out/v')], artifacts: [output('all', '/ws')] },
    });
    const outcome = await bench.run(spec);
    expect(outcome.outputs?.parameters).toEqual({ v: 'given' });
    const next = taskSpec(sh('cat /got/in.txt /got/out/v'), {
      inputs: { artifacts: [input('all', '/got', outcome.outputs?.artifacts?.['all'] ?? {})] },
      outputs: { result: true },
    });
    expect((await bench.run(next)).outputs?.result).toBe('givengiven');
  },

  'refuses a part of a volume that leads elsewhere': async (bench) => {
    const volumes = [
      { kind: 'claim', name: 'data', claim: `wf-evil-${Math.random()}`, perRun: true },
    ] as const;
    const plant = sh('ln -s /etc /data/link', { mounts: [{ volume: 'data', mountPath: '/data' }] });
    await bench.run(taskSpec(plant, { volumes }));
    const follow = sh('cat /data/passwd', {
      mounts: [{ volume: 'data', mountPath: '/data', subPath: 'link' }],
    });
    expect((await bench.run(taskSpec(follow, { volumes }))).phase).toBe('Error');
  },

  'fails with an init container that fails, and starts nothing after it': async (bench) => {
    const initContainers = [sh('exit 4', { name: 'broken' }), sh('exit 5', { name: 'never' })];
    const outcome = await bench.run(taskSpec(sh('exit 6'), { initContainers }));
    expect(outcome).toMatchObject({ phase: 'Failed', message: 'broken: Error (exit code 4)' });
    expect(outcome.outputs).toBeUndefined();
  },

  'runs the containers of a set by their dependencies': async (bench) => {
    const outcome = await bench.run(
      taskSpec(
        [
          sh('echo late > /tmp/v; echo it is me', { dependencies: ['good'] }),
          sh('sleep 0.1', { name: 'good' }),
          sh('exit 5', { name: 'bad', dependencies: ['main'] }),
          sh('true', { name: 'after-bad', dependencies: ['bad'] }),
        ],
        { outputs: { result: true, parameters: [parameter('v', '/tmp/v')] } },
      ),
    );
    expect(outcome).toMatchObject({
      phase: 'Failed',
      message: 'bad: Error (exit code 5)',
      outputs: { result: 'it is me', parameters: { v: 'late' }, exitCode: '0' },
      containers: {
        main: { phase: 'Succeeded' },
        good: { phase: 'Succeeded' },
        bad: { phase: 'Failed', message: 'bad: Error (exit code 5): ', exitCode: 5 },
        'after-bad': { phase: 'Error', message: 'after-bad: Error (exit code 64): ', exitCode: 64 },
      },
    });
  },

  'ends the other containers of a set once one fails, and repeats none of them': async (bench) => {
    const outcome = await bench.run(
      taskSpec(
        [
          sh('exit 3', { name: 'bad' }),
          sh('echo x >> /tmp/v; exec sleep 600', { name: 'long' }),
          sh('true', { name: 'after', dependencies: ['long'] }),
        ],
        { type: 'containerSet', containerSetRetry: { retries: 2 }, terminationGraceSeconds: 1 },
      ),
    );
    expect(outcome).toMatchObject({
      phase: 'Failed',
      containers: {
        bad: { phase: 'Failed', exitCode: 3 },
        long: { phase: 'Failed', message: 'long: Error (exit code 143): ', exitCode: 143 },
        after: { phase: 'Error', message: 'after: Error (exit code 64): ', exitCode: 64 },
      },
    });
  },

  'repeats a container of a set as often as its retry says': async (bench) => {
    const script = 'echo x >> /tmp/tries; [ "$(wc -l < /tmp/tries)" -ge 3 ]';
    const outputs = { parameters: [parameter('v', '/tmp/tries')] };
    const outcome = await bench.run(
      taskSpec([sh(script)], { outputs, containerSetRetry: { retries: 3, durationMs: 10 } }),
    );
    expect(outcome).toMatchObject({ phase: 'Succeeded', outputs: { parameters: { v: 'x\nx\nx' } } });
    const less = await bench.run(taskSpec([sh(script)], { outputs, containerSetRetry: { retries: 2 } }));
    expect(less.phase).toBe('Failed');
  },

  'ends sidecars with main, whatever they say to it': async (bench) => {
    const sidecars = [sh('exec sleep 600', { name: 'helper' }), sh('true', { name: 'early' })];
    const main = sh('sleep 0.3');
    expect(await bench.run(taskSpec(main, { sidecars }))).toMatchObject({
      phase: 'Succeeded',
      outputs: { exitCode: '0' },
    });
    const bad = [sh('exit 3', { name: 'helper' })];
    const outcome = await bench.run(taskSpec(main, { sidecars: bad }));
    expect(outcome).toMatchObject({
      phase: 'Failed',
      message: 'helper: Error (exit code 3)',
      outputs: { exitCode: '0' },
    });
    const failing = await bench.run(taskSpec(sh('exit 2'), { sidecars }));
    expect(failing.message).toBe('main: Error (exit code 2)');
  },

  'ends main at its deadline, with its children': async (bench) => {
    const outcome = await bench.run(taskSpec(sh('sleep 600; echo'), { activeDeadlineSeconds: 1 }));
    expect(outcome).toMatchObject({
      phase: 'Failed',
      message: 'Pod was active on the node longer than the specified deadline',
      outputs: { exitCode: '137' },
    });
    const over = { deadline: Date.now() + 500, deadlineMessage: 'Step exceeded its deadline' };
    const other = await bench.run(taskSpec(sh('sleep 600'), over));
    expect(other).toMatchObject({ phase: 'Failed', message: 'Step exceeded its deadline' });
  },

  'lets main end itself at the deadline, then kills it': async (bench) => {
    const polite = sh('trap "echo bye > /tmp/v; exit 7" TERM; while :; do sleep 0.05; done');
    const outputs = { parameters: [parameter('v', '/tmp/v')] };
    const outcome = await bench.run(taskSpec(polite, { activeDeadlineSeconds: 1, outputs }));
    expect(outcome.outputs).toEqual({ parameters: { v: 'bye' }, exitCode: '7' });
    const stubborn = sh('trap "" TERM; while :; do sleep 0.05; done');
    const killed = await bench.run(
      taskSpec(stubborn, { activeDeadlineSeconds: 1, terminationGraceSeconds: 1 }),
    );
    expect(killed).toMatchObject({ phase: 'Failed', outputs: { exitCode: '137' } });
  },

  'stops at once when it is told to': async (bench, engine) => {
    const controller = new AbortController();
    const seen: LogLine[] = [];
    const more = { signal: controller.signal, onLog: (line: LogLine) => void seen.push(line) };
    const running = engine.runTask(
      await bench.request(taskSpec(sh('echo on; trap "" TERM; sleep 600')), more),
    );
    const ended = running.then(
      () => 'resolved',
      (reason: unknown) => reason,
    );
    await untilTrue(() => seen.length > 0);
    controller.abort('enough');
    expect(await ended).toBe('enough');
  },

  'tells each line of output as it comes': async (bench) => {
    const seen: LogLine[] = [];
    await bench.run(taskSpec(sh('echo one; echo oops >&2; printf two')), {
      onLog: (line) => void seen.push(line),
    });
    const lines = seen.map(({ stream, line }) => `${stream} ${line}`).sort();
    expect(lines).toEqual(['stderr oops', 'stdout one', 'stdout two']);
    expect(seen[0]).toMatchObject({ node: 'wf.leaf', container: 'main' });
  },

  'keeps logs as artifacts': async (bench) => {
    const logsLocation = { s3: { key: 'logs/here' } };
    const outcome = await bench.run(
      taskSpec(sh('echo out; echo err >&2; exit 1'), { archiveLogs: true, logsLocation }),
    );
    expect(outcome.outputs?.artifacts).toEqual({
      'main-logs': { name: 'main-logs', s3: { key: 'logs/here/main.log' } },
    });
    const log = Buffer.from((await bench.blobs.get('artifacts/logs/here/main.log')) ?? []).toString();
    expect(log.trim().split('\n').sort()).toEqual(['err', 'out']);
  },

  'lets steps write to /dev/stdout and /dev/stderr': async (bench) => {
    const script = 'echo one > /dev/stdout; echo two | tee /dev/stderr';
    const outcome = await bench.run(taskSpec(sh(script), { outputs: { result: true } }));
    expect(outcome.outputs?.result).toBe('one\ntwo');
  },

  'answers when a daemon is ready, and ends it when told to': async (bench, engine) => {
    const main = sh('sleep 0.2; : > /tmp/ready; exec sleep 600', {
      readinessProbe: { exec: { command: ['sh', '-c', 'test -e /tmp/ready'] } },
    });
    const ends: Outcome[] = [];
    const more = { onDaemonEnd: (outcome: Outcome) => void ends.push(outcome) };
    const ready = await bench.run(taskSpec(main, { daemon: true, node: 'wf.daemon' }), more);
    expect(ready).toMatchObject({ node: 'wf.daemon', phase: 'Running', daemoned: true });
    expect(ready.ip).toMatch(/^[\d.]+$/);
    const ended = await engine.stop('wf.daemon');
    expect(ended).toMatchObject({ phase: 'Failed', outputs: { exitCode: '143' } });
    await untilTrue(() => ends.length === 1);
    expect(await engine.stop('wf.daemon')).toBeUndefined();
  },

  'says when a daemon ends by itself, which is a failure': async (bench) => {
    const ends: Outcome[] = [];
    const more = { onDaemonEnd: (outcome: Outcome) => void ends.push(outcome) };
    const ready = await bench.run(taskSpec(sh('sleep 0.3'), { daemon: true, node: 'wf.short' }), more);
    expect(ready.phase).toBe('Running');
    await untilTrue(() => ends.length === 1);
    expect(ends[0]).toMatchObject({ node: 'wf.short', phase: 'Failed', outputs: { exitCode: '0' } });
    const neverReady = sh('exit 9', { readinessProbe: { exec: { command: ['false'] } } });
    const failed = await bench.run(taskSpec(neverReady, { daemon: true }));
    expect(failed).toMatchObject({ phase: 'Failed', message: 'main: Error (exit code 9)' });
  },

  'runs many leaves at once': async (bench) => {
    const leaves = Array.from({ length: 12 }, (_, index) =>
      bench.run(
        taskSpec(sh(`echo ${index} > /tmp/v; sleep 0.1; cat /tmp/v`), {
          nodeId: `wf-${index}`,
          outputs: { result: true },
        }),
      ),
    );
    const results = (await Promise.all(leaves)).map((outcome) => outcome.outputs?.result);
    expect(results).toEqual(leaves.map((_, index) => String(index)));
  },
};

import { readdirSync } from 'node:fs';

import { expect, it } from 'vitest';

import { createProcessEngine } from '../../lib/engines/process/engine.ts';
import { findSandbox, type SandboxKind } from '../../lib/engines/process/sandbox.ts';
import { testEngine } from './contract.ts';
import { createBench, sh, taskSpec } from './leaf-spec.ts';
import { running, untilTrue } from './processes.ts';
import { tempFolder } from './temp-folder.ts';

const unmoved = 'without isolation only declared paths are moved, everything else is the machine itself';

for (const kind of ['bubblewrap', 'namespaces', 'none'] satisfies SandboxKind[]) {
  const usable = await findSandbox(kind).then(
    () => true,
    () => false,
  );
  if (!usable) {
    console.info(`process engine: ${kind} is not tested, because it does not work on this machine`);
    continue;
  }
  const exceptions: Record<string, string> =
    kind !== 'none'
      ? {}
      : {
          'keeps what a step writes away from the machine and from other steps': unmoved,
          'loads raw inputs at any path, with their modes': unmoved,
        };
  it(`leaves nothing running of what is cancelled while it starts (${kind})`, async () => {
    const seconds = `${100_000 + Math.floor(Math.random() * 900_000)}`;
    const engine = await createProcessEngine({ sandbox: kind });
    const bench = createBench(() => engine);
    const abort = new AbortController();
    const leaf = taskSpec(sh(`sleep ${seconds} & sleep ${seconds}`));
    const runs = Array.from({ length: 30 }, () => bench.run(leaf, { signal: abort.signal }));
    const ends = Promise.allSettled(runs);
    await untilTrue(() => running(`sleep ${seconds}`).length > 0);
    abort.abort();
    await ends;
    await engine.close();
    await untilTrue(() => running(`sleep ${seconds}`).length === 0);
  });
  testEngine({ name: `process (${kind})`, create: () => createProcessEngine({ sandbox: kind }), exceptions });
}

it('leaves nothing behind', async () => {
  const scratch = tempFolder('scratch');
  const engine = await createProcessEngine({ scratch });
  const bench = createBench(() => engine);
  await bench.run(taskSpec(sh('echo > /tmp/x')));
  await bench.run(taskSpec(sh('sleep 600'), { daemon: true }));
  await engine.close();
  expect(readdirSync(scratch)).toEqual([]);
});

it('offers programs of given folders first, and the usual programs of images by name', async () => {
  const tools = tempFolder('tools');
  const engine = await createProcessEngine({ toolPaths: [tools], daemons: 'pretend', daemonIp: '10.0.0.1' });
  const bench = createBench(() => engine);
  const python = taskSpec(
    { name: 'main', image: 'python:3.12', env: [], mounts: [], source: 'print(6 * 7)' },
    {
      outputs: { result: true },
    },
  );
  expect((await bench.run(python)).outputs?.result).toBe('42');
  const ready = await bench.run(taskSpec(sh('exit 1'), { daemon: true }));
  expect(ready).toMatchObject({ phase: 'Running', ip: '10.0.0.1' });
  expect(await engine.stop(ready.node)).toMatchObject({ phase: 'Succeeded' });
  await engine.close();
});

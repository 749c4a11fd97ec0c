import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import { pack } from 'tar-stream';
import { expect, it } from 'vitest';
import { dockerAddress, dockerApi } from '../../lib/engines/docker/api.ts';
import { createDockerEngine, findDocker } from '../../lib/engines/docker/engine.ts';
import { testEngine } from './contract.ts';
import { container, createBench, IMAGE, sh, taskSpec } from './leaf-spec.ts';
import { tempFolder } from './temp-folder.ts';

const required = process.env['ARGOSY_TEST_DOCKER'] === '1';
const docker = await findDocker();

async function bundleExecutor(): Promise<string> {
  const outfile = join(tempFolder('bundle'), 'executor.cjs');
  const entryPoints = [new URL('../../bin/executor.ts', import.meta.url).pathname];
  await build({
    entryPoints,
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
  return outfile;
}

/** An image with a shell and nothing else, made here, since tests pull nothing. */
async function makeImage(name: string, changes: readonly string[]): Promise<void> {
  const api = dockerApi(dockerAddress(process.env) ?? {});
  const archive = pack();
  for (const folder of ['bin/', 'tmp/', 'etc/'])
    archive.entry({ name: folder, type: 'directory', mode: 0o1777 });
  archive.entry({ name: 'bin/busybox', mode: 0o755 }, readFileSync('/bin/busybox'));
  const tools =
    'sh cat cp date echo env expr false find grep head id ls mkdir mv printf pwd readlink rm sed seq sleep stat tee test touch tr true wc';
  for (const tool of [...tools.split(' '), '[']) {
    archive.entry({ name: `bin/${tool}`, type: 'symlink', linkname: 'busybox' });
  }
  archive.finalize();
  const [repo, tag] = name.split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo: repo!, tag: tag! });
  for (const change of changes) query.append('changes', change);
  const call = { method: 'POST', path: `/images/create?${query}`, contentType: 'application/x-tar' } as const;
  const answer = await api.open({ ...call, stream: archive as unknown as Readable });
  for await (const _ of answer);
}

if (docker === undefined && !required) {
  console.info('docker engine: not tested, because no Docker Engine answers');
  it('is told when no engine answers', async () => {
    const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
    await expect(createDockerEngine({ executor: { image: 'x' }, env })).rejects.toThrow(
      'no Docker Engine answers',
    );
  });
} else {
  const executor = { bundle: await bundleExecutor() };
  await makeImage(IMAGE, ['ENV PATH=/usr/local/bin:/bin']);
  await makeImage('argosy-test/own:1', ['ENV PATH=/bin', 'ENTRYPOINT ["echo","entry"]', 'CMD ["default"]']);
  const inside = 'in a container such a link leads nowhere but into that container';
  testEngine({
    name: 'docker',
    create: () => createDockerEngine({ executor, network: 'none', pull: 'never' }),
    exceptions: { 'refuses a part of a volume that leads elsewhere': inside },
  });

  it('runs what the image runs by itself', async () => {
    const engine = await createDockerEngine({ executor, network: 'none', pull: 'never' });
    const bench = createBench(() => engine);
    const own = (args?: readonly string[]) =>
      taskSpec(container({ image: 'argosy-test/own:1', ...(args && { args }) }), {
        outputs: { result: true },
      });
    expect((await bench.run(own())).outputs?.result).toBe('entry default');
    expect((await bench.run(own(['given', 'words']))).outputs?.result).toBe('entry given words');
    await engine.close();
  });

  it('says so when an image is not there, and leaves no container or volume behind', async () => {
    const engine = await createDockerEngine({ executor, network: 'none', pull: 'never' });
    const bench = createBench(() => engine);
    const outcome = await bench.run(taskSpec(container({ image: 'argosy-test/none:1', command: ['true'] })));
    expect(outcome.phase).toBe('Error');
    expect(outcome.message).toContain('image argosy-test/none:1 is not on this machine');
    await bench.run(taskSpec(sh('sleep 600'), { daemon: true }));
    await engine.close();
    const api = dockerApi(dockerAddress(process.env) ?? {});
    const filters = JSON.stringify({ label: [`argosy.process`] });
    const call = { method: 'GET', path: '/containers/json', query: { all: true, filters } } as const;
    const left = await api.call<readonly { Labels: Record<string, string> }[]>(call);
    expect(left.filter(({ Labels }) => Labels['argosy.process']?.endsWith(`:${process.pid}`))).toEqual([]);
  });
}

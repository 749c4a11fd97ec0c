/** The image of cases: busybox alone, made here, since tests pull nothing. */
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { DockerApi } from '../../lib/engines/docker/api.ts';

/** Stands in the cases' place of busybox. */
export const CASE_IMAGE = 'argosy-cases/busybox:1';

const TOOLS =
  'sh cat cp date echo env expr false find grep head id ls mkdir mv printf pwd rm rmdir sed seq sleep sort stat tee test touch tr true wc [';

export async function makeCaseImage(api: DockerApi): Promise<void> {
  const archive = pack();
  for (const name of ['bin/', 'tmp/', 'etc/']) archive.entry({ name, type: 'directory', mode: 0o1777 });
  archive.entry({ name: 'bin/busybox', mode: 0o755 }, readFileSync('/bin/busybox'));
  for (const tool of TOOLS.split(' '))
    archive.entry({ name: `bin/${tool}`, type: 'symlink', linkname: 'busybox' });
  archive.finalize();
  const [repo, tag] = CASE_IMAGE.split(':');
  const query = new URLSearchParams({ fromSrc: '-', repo: repo!, tag: tag!, changes: 'ENV PATH=/bin' });
  const call = { method: 'POST', path: `/images/create?${query}`, contentType: 'application/x-tar' } as const;
  const answer = await api.open({ ...call, stream: archive as unknown as Readable });
  for await (const _ of answer);
}

/** Every flag can be given in the environment. */
import { expect, test } from 'vitest';
import { runCli, temporaryFolder } from './run-cli.ts';
import { BROKEN } from './workflows.ts';

test('flags can be given in the environment', async () => {
  const folder = temporaryFolder();
  folder.write('broken.yaml', BROKEN);
  process.env['ARGO_OUTPUT'] = 'simple';
  try {
    expect((await runCli(folder, ['lint', 'broken.yaml'])).out).toMatch(/^broken\.yaml:8:/);
  } finally {
    delete process.env['ARGO_OUTPUT'];
  }
});

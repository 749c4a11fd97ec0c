/**
 * Runs recorded runs of Argo's controller through the whole AWS runtime in a box, and compares the trees:
 * `npx tsx test/e2e/conformance.ts DIR [--only TEXT] [--jobs N]`, DIR being a suite such as argo-cases.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Workflow } from '../../lib/argo/workflow.ts';
import { type RunIndex, type RunRecord, tableRunIndex } from '../../lib/aws/run-index.ts';
import { runNames } from '../../lib/aws/run-names.ts';
import { bundleReader, readRunStatus } from '../../lib/aws/run-status.ts';
import { s3BlobStore } from '../../lib/aws/s3-blob-store.ts';
import { sdkClients } from '../../lib/aws/sdk-clients.ts';
import { printYaml } from '../../lib/cli/render/yaml.ts';
import { type ParsedDocument, parse } from '../../lib/compiler/1-parse/parse.ts';
import { submitted } from '../../lib/local/submission.ts';
import type { JsonValue } from '../../lib/protocol/json.ts';
import { loadOutputs } from '../../lib/status/load-outputs.ts';
import type { RunStatus } from '../../lib/status/status.ts';
import { compareRun, type Expected } from '../conformance/argo-case.ts';
import { runCases } from '../conformance/suite.ts';
import { REGION } from './box/machines.ts';
import { startWorld, type World } from './world.ts';

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly expected: Expected;
}

interface Reader {
  readonly runs: RunIndex;
  readonly status: (record: RunRecord) => Promise<RunStatus>;
}

const PAUSE_MS = 250;
const LONGEST_MS = 120_000;
/** Looks without any task before suspended nodes are resumed. */
const IDLE_LOOKS = 8;

function casesOf(suite: string): readonly Case[] {
  return readdirSync(suite)
    .filter((name) => existsSync(join(suite, name, 'expected.json')))
    .map((name) => {
      const folder = join(suite, name);
      return {
        name,
        folder,
        expected: JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Expected,
      };
    })
    .filter(({ folder }) => workflowOf(folder) !== undefined);
}

function documentsOf(folder: string): readonly ParsedDocument[] {
  return parse([{ path: 'workflow.yaml', text: readFileSync(join(folder, 'workflow.yaml'), 'utf8') }])
    .documents;
}

/** CronWorkflows and templates are run by other means. */
function workflowOf(folder: string): ParsedDocument<Workflow> | undefined {
  return documentsOf(folder).find((one): one is ParsedDocument<Workflow> => one.kind === 'Workflow');
}

/** The file as it is uploaded, the run under the recorded name. */
function uploadOf({ folder, expected }: Case): string {
  const documents = documentsOf(folder).map((one) =>
    one.kind === 'Workflow'
      ? submitted(one as ParsedDocument<Workflow>, { name: expected.name }).value
      : one.value,
  );
  return documents.map((one) => printYaml(one as unknown as JsonValue)).join('---\n');
}

/** Two files must not keep objects of one name, so such cases take turns. */
async function check(one: Case, world: World, reader: Reader): Promise<string | undefined> {
  const key = `workflows/cases/${one.name}.yaml`;
  const { versionId } = world.box.objects.put(world.bucket, key, Buffer.from(uploadOf(one)));
  try {
    return await outcomeOf(one, key, runNames(world.bucket, key, versionId).uid, world, reader);
  } finally {
    world.box.objects.remove(world.bucket, key);
    await world.box.bus.settled();
  }
}

async function outcomeOf(
  { expected }: Case,
  key: string,
  uid: string,
  world: World,
  { runs, status }: Reader,
): Promise<string | undefined> {
  let idle = 0;
  for (let left = LONGEST_MS; left > 0; left -= PAUSE_MS) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    const record = await runs.get(uid);
    const errors = world.box.objects.get(world.bucket, `${key}.errors.txt`)?.data;
    if (record === undefined && errors !== undefined) {
      const isRefusal = expected.endless || /^invalid spec|not found/.test(expected.message ?? '');
      return isRefusal ? undefined : `refused: ${Buffer.from(errors).toString('utf8')}`;
    }
    if (record?.finishedAt !== undefined) return compareRun(expected, await status(record));
    const isBusy = [...world.box.ecs.tasks.values()].some((task) => task.lastStatus === 'RUNNING');
    idle = isBusy ? 0 : idle + 1;
    if (idle > IDLE_LOOKS && record !== undefined) await world.argosy('resume', uid);
  }
  return 'did not end in time';
}

async function main(): Promise<void> {
  const options = { only: { type: 'string' }, jobs: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  const [suite] = positionals;
  if (suite === undefined) throw new Error('name the folder of a suite');
  const world = await startWorld({ toolPaths: [join(suite, 'images')] });
  const table = world.box.stacks.get('argosy')?.['Table'] ?? '';
  const clients = sdkClients({ region: REGION, table, endpoint: world.box.endpoint });
  const blobs = s3BlobStore(clients.objects, world.bucket);
  const bundle = bundleReader(blobs);
  const reader: Reader = {
    runs: tableRunIndex(clients.table, clients.now, 1),
    status: async (record) =>
      await loadOutputs(await readRunStatus({ ...clients, bundle, blobs }, record), blobs),
  };
  world.box.secrets.set('argosy/my-secret', JSON.stringify({ mypassword: 'twenty characters ..' }));
  const fixtures = join(dirname(suite), 'fixtures.yaml');
  if (existsSync(fixtures)) world.upload('workflows/fixtures.yaml', readFileSync(fixtures, 'utf8'));
  await world.box.bus.settled();
  const result = await runCases(casesOf(suite), (one) => check(one, world, reader), {
    parallel: Number(values.jobs ?? 4),
    ...(values.only === undefined ? {} : { only: values.only }),
  });
  for (const failure of result.failures)
    console.log(`✖ ${failure.case}\n    ${failure.why.replaceAll('\n', '\n    ')}`);
  console.log(`${result.passed} passed, ${result.failed} failed`);
  for (const fault of world.box.bus.failures) console.log(`event: ${fault}`);
  for (const denied of new Set(world.box.iam.denied)) console.log(`denied: ${denied}`);
  await world.close();
}

await main();

/** The way to one deployed runtime: its names, from the outputs of its stack, and clients for what it is made of. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { answerTokens } from '../../aws/answer-token.ts';
import type { AwsClients } from '../../aws/clients.ts';
import { type RunIndex, tableRunIndex } from '../../aws/run-index.ts';
import { bundleReader } from '../../aws/run-status.ts';
import { s3BlobStore } from '../../aws/s3-blob-store.ts';
import { sdkClients } from '../../aws/sdk-clients.ts';
import { tableSuspensions } from '../../aws/suspension-table.ts';
import type { Bundle } from '../../evaluate/bundle.ts';
import type { BlobStore } from '../../protocol/blob-store.ts';
import type { AnswerToken } from '../../store/answer.ts';
import type { Suspensions } from '../../store/suspensions.ts';
import { CliError, EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { awsFault } from './faults.ts';

export interface AwsFlags {
  readonly stack?: string;
  readonly region?: string;
  readonly profile?: string;
}

export interface Session {
  readonly stack: string;
  readonly region: string;
  readonly endpoint: string | undefined;
  readonly prefix: string;
  readonly bucket: string;
  readonly clients: AwsClients;
  readonly runs: RunIndex;
  readonly suspensions: Suspensions;
  readonly answer: AnswerToken;
  readonly blobs: BlobStore;
  readonly bundle: (id: string) => Promise<Bundle>;
}

/** Rows of ended runs are kept by the functions; the command line never ends one. */
const RETENTION_DAYS = 90;

/** Runs a command's work with a session; faults of AWS become messages and exit code 4. */
export async function withSession(
  flags: AwsFlags,
  terminal: Terminal,
  work: (session: Session) => Promise<number>,
): Promise<number> {
  try {
    return await work(await connect(flags, terminal));
  } catch (thrown) {
    throw awsFault(thrown) ?? thrown;
  }
}

async function connect(flags: AwsFlags, { env }: Terminal): Promise<Session> {
  const stack = flags.stack ?? env['ARGOSY_STACK'] ?? '';
  // The SDK's own chain of credentials reads the profile here, for every client.
  if (flags.profile !== undefined) process.env['AWS_PROFILE'] = flags.profile;
  // What it says about versions of Node is no matter of whoever looks at a run.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const given = flags.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  const endpoint = env['AWS_ENDPOINT_URL'];
  const cloudFormation = new CloudFormationClient({
    ...(given === undefined ? {} : { region: given }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const region = await cloudFormation.config.region();
  const outputs = await outputsOf(cloudFormation, stack, region);
  const { Bucket: bucket, Table: table, Prefix: prefix } = outputs;
  if (bucket === undefined || table === undefined || prefix === undefined)
    throw new CliError(
      `the stack ${stack} in ${region} is no runtime of Argosy: it lacks the outputs Bucket, Table, Prefix`,
      EXIT.aws,
    );
  const clients = sdkClients({ region, table, ...(endpoint === undefined ? {} : { endpoint }) });
  const blobs = s3BlobStore(clients.objects, bucket);
  return {
    stack,
    region,
    endpoint,
    prefix,
    bucket,
    clients,
    runs: tableRunIndex(clients.table, clients.now, RETENTION_DAYS),
    suspensions: tableSuspensions(clients.table, clients.now),
    answer: answerTokens(clients.states),
    blobs,
    bundle: bundleReader(blobs),
  };
}

async function outputsOf(
  client: CloudFormationClient,
  stack: string,
  region: string,
): Promise<Readonly<Record<string, string>>> {
  const found = await client.send(new DescribeStacksCommand({ StackName: stack })).catch((error: Error) => {
    if (!error.message.includes('does not exist')) throw error;
    throw new CliError(
      `there is no stack ${stack} in ${region}`,
      EXIT.aws,
      'deploy it with: npx cdk deploy; or name another with --stack, --region or --profile',
    );
  });
  const outputs = found.Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(outputs.map((one) => [one.OutputKey ?? '', one.OutputValue ?? '']));
}

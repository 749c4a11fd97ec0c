/** Starts a run as every upload does: puts its file into the bucket, and waits for what becomes of it. */
import { randomBytes } from 'node:crypto';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { RunRecord } from '../../aws/run-index.ts';
import { runNames } from '../../aws/run-names.ts';
import { CliError, EXIT } from '../exit-code.ts';
import type { Session } from './session.ts';

/** Apart from what people keep there by name. */
const FOLDER = 'workflows/submitted/';
const LONGEST_WAIT_MS = 120_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;

export interface Uploaded {
  readonly key: string;
  readonly versionId: string;
}

export async function upload(session: Session, key: string, text: string): Promise<Uploaded> {
  const { region, endpoint, bucket } = session;
  const client = new S3Client({ region, ...(endpoint === undefined ? {} : { endpoint }) });
  const put = await client.send(
    new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/yaml' }),
  );
  client.destroy();
  return { key, versionId: put.VersionId ?? '' };
}

/** A name of its own for each submission. */
export function submissionKey(stem: string): string {
  const safe = stem.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 100) || 'workflow';
  return `${FOLDER}${safe}-${randomBytes(4).toString('hex')}.yaml`;
}

/** The run that the upload started, which has its place in the index by the upload alone. */
export async function startedRun(session: Session, uploaded: Uploaded): Promise<RunRecord> {
  const { uid } = runNames(session.bucket, uploaded.key, uploaded.versionId);
  return await outcomeOf(session, uploaded, async () => {
    const record = await session.runs.get(uid);
    return record?.executionArn === undefined ? undefined : record;
  });
}

/** Waits for what an upload brings about; what is wrong with the file becomes the message. */
export async function outcomeOf<T>(
  session: Session,
  { key }: Uploaded,
  look: () => Promise<T | undefined>,
): Promise<T> {
  const { clients, bucket } = session;
  const end = clients.now() + LONGEST_WAIT_MS;
  for (let pause = FIRST_PAUSE_MS; clients.now() < end; pause = Math.min(LONGEST_PAUSE_MS, pause * 1.5)) {
    await clients.sleep(pause);
    const found = await look();
    if (found !== undefined) return found;
    const errors = await clients.objects.get(bucket, `${key}.errors.txt`);
    if (errors === undefined) continue;
    const text = Buffer.from(errors.body).toString('utf8');
    throw new CliError(`${key} is invalid\n${text}`, EXIT.invalid);
  }
  throw new CliError(
    `nothing came of the upload s3://${bucket}/${key} in ${LONGEST_WAIT_MS / 1000} seconds`,
    EXIT.timeout,
    `look at the log of the function ${session.prefix}submit`,
  );
}

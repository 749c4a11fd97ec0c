/** A deployed runtime in the box, and the command line in front of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createColors } from 'picocolors';
import { main } from '../../lib/cli/main.ts';
import type { Stream, Terminal } from '../../lib/cli/terminal.ts';
import { createProcessEngine } from '../../lib/engines/process/engine.ts';
import { type Box, type BoxOptions, startBox } from './box/box.ts';
import { awsEnvironment, deploy, STACK, synthesize, update } from './box/deploy.ts';
import type { Template } from './box/template.ts';

export interface World {
  readonly box: Box;
  readonly bucket: string;
  /** As `aws s3 cp` does. */
  readonly upload: (key: string, text: string) => void;
  /** `cdk deploy` over what was deployed, with other variables of the functions. */
  readonly redeploy: (settings: Readonly<Record<string, string>>) => Promise<void>;
  readonly template: Template;
  readonly argosy: (...words: readonly string[]) => Promise<Said>;
  readonly close: () => Promise<void>;
}

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface WorldOptions extends Pick<BoxOptions, 'fault' | 'refuse' | 'cluster' | 'isMute'> {
  /** Folders whose programs the images of containers have. */
  readonly toolPaths?: readonly string[];
}

export async function startWorld({ toolPaths = [], ...options }: WorldOptions = {}): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'argosy-e2e-'));
  const assembly = join(folder, 'cdk.out');
  const eks = options.cluster && {
    name: 'box',
    endpoint: options.cluster.url,
    certificateAuthority: '',
    namespace: 'default',
    runsByDefault: false,
  };
  const template = synthesize(assembly, eks && { eks });
  const bucket = template.outputs['Bucket'] ?? '';
  const engine = await createProcessEngine({ scratch: join(folder, 'leaves'), toolPaths });
  const isTold = process.env['BOX_LOG'] !== undefined;
  const box = await startBox({
    engine,
    claims: join(folder, 'claims'),
    bucket,
    secretsPrefix: 'argosy/',
    ...options,
    ...(isTold ? { onFunctionLog: (name, line) => console.error(`${name}: ${line}`) } : {}),
  });
  await deploy(box, template, assembly);
  const environment = awsEnvironment(box.endpoint);
  // The SDK looks for credentials in the environment of its process.
  Object.assign(process.env, environment);
  return {
    box,
    bucket,
    upload: (key, text) => void box.objects.put(bucket, key, Buffer.from(text)),
    template,
    redeploy: (settings) => update(box, template, assembly, settings),
    argosy: (...words) => argosyIn(words, { ...environment, ARGOSY_STACK: STACK }),
    close: async () => {
      await box.close();
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function argosyIn(words: readonly string[], env: Terminal['env']): Promise<Said> {
  const said = { out: '', err: '' };
  const code = await main(words, {
    out: streamInto((text) => {
      said.out += text;
    }),
    err: streamInto((text) => {
      said.err += text;
    }),
    readInput: async () => '',
    cwd: tmpdir(),
    env,
    onInterrupt: () => () => undefined,
  });
  return { code, ...said };
}

function streamInto(write: (text: string) => void): Stream {
  return { write, isTty: false, columns: 200, rows: 50, colors: createColors(false) };
}

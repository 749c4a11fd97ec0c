/** Chooses and starts the engine of a local run. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Engine } from '../engines/engine.ts';
import type { MockRule } from '../engines/mock-engine.ts';
import type { Bundle } from '../evaluate/bundle.ts';
import { type Clock, realClock, virtualClock } from '../runtime/index.ts';
import { CliError } from './exit-code.ts';
import { readText } from './files.ts';

export type EngineChoice =
  | { readonly kind: 'auto' | 'process' | 'docker' }
  | { readonly kind: 'mock'; readonly file: string };

/** `process`, `docker`, `mock(FILE)`; also `mock:FILE` and `mock=FILE`, which need no quotes in a shell. */
export function parseEngine(text: string | undefined): EngineChoice {
  if (text === undefined || text === 'auto') return { kind: 'auto' };
  if (text === 'process' || text === 'docker') return { kind: text };
  const mock = /^mock(?:\((.+)\)|[:=](.+))$/s.exec(text);
  const file = mock?.[1] ?? mock?.[2];
  if (file !== undefined) return { kind: 'mock', file };
  throw new CliError(`there is no engine ${text}`, 2, 'engines are process, docker and mock:FILE');
}

export interface StartedEngine {
  readonly engine: Engine;
  /** The clock of the run; virtual where nothing is run. */
  readonly clock: Clock;
  readonly isMock: boolean;
  /** Why it is not the engine that one would expect. */
  readonly note?: string;
}

export async function startEngine(
  choice: EngineChoice,
  bundle: Bundle,
  { env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd: string },
): Promise<StartedEngine> {
  const real = { clock: realClock(), isMock: false };
  switch (choice.kind) {
    case 'process':
      return { ...real, engine: await processEngine() };
    case 'docker':
      return { ...real, engine: await dockerEngine(env) };
    case 'mock':
      return await mockEngine(choice.file, cwd);
    default:
      return { ...real, ...(await bestEngine(bundle, env)) };
  }
}

/** The file holds a list of rules, or one under `rules` (lib/engines/mock-engine.ts). */
async function mockEngine(file: string, cwd: string): Promise<StartedEngine> {
  const { createMockEngine } = await import('../engines/mock-engine.ts');
  const { readYamlValue } = await import('../compiler/1-parse/plain-value.ts');
  const text = readText(resolve(cwd, file));
  const clock = virtualClock(Date.now());
  try {
    const rules = rulesOf(readYamlValue(text));
    return { engine: createMockEngine({ rules, sleep: clock.sleep }), clock, isMock: true };
  } catch (error) {
    throw new CliError(`${file}: ${(error as Error).message}`);
  }
}

function rulesOf(value: unknown): readonly MockRule[] {
  const list = Array.isArray(value) ? value : (value as { readonly rules?: unknown } | null)?.rules;
  if (!Array.isArray(list)) throw new Error('there is no list of rules');
  return list.map((rule: unknown, at) => {
    const { node, template, answers } = (rule ?? {}) as Partial<MockRule>;
    const isText = (one: unknown) => one === undefined || typeof one === 'string';
    if (!isText(node) || !isText(template) || !Array.isArray(answers) || answers.length === 0)
      throw new Error(`rule ${at + 1} needs a list of answers, and texts as node or template`);
    return rule as MockRule;
  });
}

async function processEngine(): Promise<Engine> {
  const { createProcessEngine } = await import('../engines/process/engine.ts');
  return await createProcessEngine();
}

async function dockerEngine(env: NodeJS.ProcessEnv): Promise<Engine> {
  const { createDockerEngine } = await import('../engines/docker/engine.ts');
  try {
    return await createDockerEngine({ executor: { bundle: executorFile() }, env });
  } catch (error) {
    throw new CliError(`Docker cannot be used: ${(error as Error).message}`, 2, 'try --engine process');
  }
}

/** Docker when its socket answers and it has, or can pull, what the workflow names. */
async function bestEngine(
  bundle: Bundle,
  env: NodeJS.ProcessEnv,
): Promise<Pick<StartedEngine, 'engine' | 'note'>> {
  const { findDocker } = await import('../engines/docker/engine.ts');
  const api = await findDocker(env);
  if (api === undefined) return { engine: await processEngine() };
  const { createImages } = await import('../engines/docker/images.ts');
  const images = createImages(api, 'missing');
  try {
    for (const image of imagesOf(bundle)) await images.command(image);
    return { engine: await dockerEngine(env) };
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0]!.slice(0, 200);
    return { engine: await processEngine(), note: `Docker answers, but ${reason}` };
  }
}

/** Those that are named outright. */
function imagesOf(bundle: Bundle): readonly string[] {
  const found = new Set<string>();
  for (const { template } of Object.values(bundle.templates)) {
    const containers = [
      template.container,
      template.script,
      ...(template.containerSet?.containers ?? []),
      ...(template.initContainers ?? []),
      ...(template.sidecars ?? []),
    ];
    for (const container of containers) {
      const image = container?.image;
      if (image && !image.includes('{{')) found.add(image);
    }
  }
  return [...found];
}

/** Beside the bundled program, or in dist/ when the sources run as they are. */
function executorFile(): string {
  const places = ['./executor.cjs', '../executor.cjs', '../../dist/executor.cjs'];
  const found = places
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((file) => existsSync(file));
  if (found === undefined) throw new Error('dist/executor.cjs is missing: npm run build');
  return found;
}

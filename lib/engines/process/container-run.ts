/** Runs one container of a leaf as a process in its view. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { constants, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

import { containerCommand, withLongArguments } from '../../executor/container-command.ts';
import { containerEnv } from '../../executor/container-env.ts';
import { type ContainerEnd, WRAPPER_FAILED } from '../../executor/infer-outcome.ts';
import type { ObjectLookup } from '../../executor/objects.ts';
import type { OutputTail } from '../../executor/output-tail.ts';
import type { ContainerSpec, TaskSpec } from '../../protocol/task-spec.ts';
import type { LogLine } from '../engine.ts';
import type { FifoPool } from './fifo-pool.ts';
import { findProgram } from './find-program.ts';
import type { HostTools } from './host-tools.ts';
import { hostImageCommand } from './image-command.ts';
import type { PlainView } from './plain-view.ts';
import type { RootView } from './root-view.ts';
import { type ProcessEnd, type RunningProcess, runProcess } from './run-process.ts';
import type { Sandbox } from './sandbox.ts';

export interface Host {
  readonly sandbox: Sandbox;
  readonly tools: HostTools;
  readonly pipes: FifoPool;
  /** What containers see as their address. */
  readonly ip: string;
}

export interface ContainerRun {
  readonly spec: TaskSpec;
  readonly container: ContainerSpec;
  readonly view: RootView | PlainView;
  readonly lookup: ObjectLookup;
  readonly onLog: ((line: LogLine) => void) | undefined;
  /** The container's stdout is wanted as result. */
  readonly tail?: OutputTail;
  /** Where all its output is kept. */
  readonly logFile?: string;
}

export interface Prepared {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string;
}

/** As in Argo; the path is the script's `$0` and stands in the messages of interpreters. */
const SCRIPT = '/argo/staging/script';

export async function prepareContainer(host: Host, run: ContainerRun): Promise<Prepared | ContainerEnd> {
  const { spec, container, view } = run;
  const isPlain = 'rewrite' in view;
  const rewrite = isPlain ? view.rewrite : (text: string) => text;
  const facts = { ip: host.ip, hostName: hostname() };
  const given = await containerEnv(spec, container, run.lookup, facts);
  const searched = given['PATH'] ?? host.tools.path.join(':');
  const standard = { PATH: searched, HOME: isPlain ? view.root : '/root', HOSTNAME: spec.podName };
  const env: Record<string, string> = { ...standard, ...(isPlain && { TMPDIR: join(view.root, 'tmp') }) };
  for (const [name, value] of Object.entries(given)) env[name] = rewrite(value);
  const script = container.source === undefined ? undefined : isPlain ? join(view.root, SCRIPT) : SCRIPT;
  if (container.source !== undefined) await writeInView(view, SCRIPT, rewrite(container.source), 0o755);
  const command = containerCommand(container, hostImageCommand(container.image), given, script);
  const long = withLongArguments(command.map((word) => (word === script ? word : rewrite(word))));
  const { files } = long;
  const words = long.words.map((word) =>
    files.some(({ path }) => word === `@${path}`) ? rewrite(word) : word,
  );
  for (const file of files) await writeInView(view, file.path, file.content, 0o644);
  const workingDir = await workingFolder(view, container.workingDir ?? '/', isPlain);
  const locate = isPlain ? async (each: string) => each : view.locate;
  const program = await findProgram(words[0] ?? '', searched, workingDir, locate);
  if ('error' in program) {
    return { exitCode: WRAPPER_FAILED, message: `failed to find name in PATH: ${program.error}` };
  }
  return { words: [program.path, ...words.slice(1)], env, workingDir };
}

async function writeInView(view: RootView, path: string, content: string, mode: number): Promise<void> {
  const host = await view.place(path);
  await writeFile(host, content);
  await chmod(host, mode);
}

async function workingFolder(view: RootView, path: string, isPlain: boolean): Promise<string> {
  if ((await view.locate(path)) === undefined) await mkdir(await view.place(path), { recursive: true });
  return isPlain ? join(view.root, path) : path;
}

export interface RunningContainer extends Pick<RunningProcess, 'stop' | 'kill'> {
  readonly ended: Promise<ContainerEnd>;
}

export async function startContainer(
  host: Host,
  run: ContainerRun,
  prepared: Prepared,
): Promise<RunningContainer> {
  const hostName = run.spec.podName.slice(0, 63);
  const { words, workingDir } = prepared;
  const command = host.sandbox.command(run.view, { words, workingDir, hostName });
  const log = run.logFile === undefined ? undefined : await openLog(run.logFile);
  const lines = lineSplitters(run);
  const options = {
    ...command,
    env: prepared.env,
    ...(host.sandbox.kind === 'none' && { cwd: workingDir }),
    wrapped: host.sandbox.kind !== 'none',
    onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => {
      if (stream === 'stdout') run.tail?.add(chunk);
      log?.write(chunk);
      lines[stream](chunk);
    },
  };
  const finish = async (end: ContainerEnd): Promise<ContainerEnd> => {
    lines.flush();
    if (log !== undefined) await new Promise<void>((resolve) => log.end(resolve));
    return end;
  };
  const nothing = () => undefined;
  const running = await runProcess(options, host.pipes).catch(couldNotStart);
  if ('exitCode' in running) return { ended: finish(running), stop: nothing, kill: nothing };
  return { ...running, ended: running.ended.then(containerEnd, couldNotStart).then(finish) };
}

function containerEnd(end: ProcessEnd): ContainerEnd {
  return { exitCode: end.signal === undefined ? end.exitCode : 128 + constants.signals[end.signal] };
}

function couldNotStart(error: unknown): ContainerEnd {
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: WRAPPER_FAILED, message: `failed to start command: ${message}` };
}

async function openLog(file: string): Promise<WriteStream> {
  await mkdir(dirname(file), { recursive: true });
  return createWriteStream(file, { flags: 'a' });
}

const LONGEST_LINE = 64 * 1024;

function lineSplitters(run: ContainerRun) {
  const { onLog, spec, container } = run;
  const splitter = (stream: 'stdout' | 'stderr') => {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const emit = (line: string) => onLog?.({ node: spec.node, container: container.name, stream, line });
    return {
      take: (chunk: Buffer) => {
        if (onLog === undefined) return;
        const lines = (rest + decoder.write(chunk)).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) emit(line);
        if (rest.length > LONGEST_LINE) {
          emit(rest);
          rest = '';
        }
      },
      flush: () => {
        if (rest !== '') emit(rest);
        rest = '';
      },
    };
  };
  const stdout = splitter('stdout');
  const stderr = splitter('stderr');
  return {
    stdout: stdout.take,
    stderr: stderr.take,
    flush: () => {
      stdout.flush();
      stderr.flush();
    },
  };
}

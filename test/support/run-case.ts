/** Runs a case of test/cases on an engine, and tells what became of it in the form that is kept beside it. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYamlValue } from '../../lib/compiler/1-parse/plain-value.ts';
import type { Engine } from '../../lib/engines/engine.ts';
import { type Prepared, prepareRun } from '../../lib/local/prepare.ts';
import { runContextOf } from '../../lib/local/run-context.ts';
import { startLocalRun } from '../../lib/local/run-local.ts';
import { realClock } from '../../lib/runtime/index.ts';
import type { RunStatus } from '../../lib/status/status.ts';
import { folderStore } from '../../lib/store/folder-store.ts';
import { brokenRunLaws } from './machine-laws.ts';

export const CASES = new URL('../cases/', import.meta.url).pathname;

export interface CaseNode {
  readonly type: string;
  readonly phase: string;
  readonly message?: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly artifacts?: readonly string[];
  readonly result?: string;
  readonly children?: readonly string[];
}

export interface CaseResult {
  readonly phase: string;
  readonly message?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly nodes: Readonly<Record<string, CaseNode>>;
}

/** `image` takes the place of busybox; `definitionSize` is what a state machine may have in place of AWS's limit. */
export function prepareCase(name: string, image = 'busybox:1.36', definitionSize?: number): Prepared {
  const text = readFileSync(join(CASES, name, 'workflow.yaml'), 'utf8').replaceAll('busybox:1.36', image);
  const source = { path: `${name}/workflow.yaml`, text };
  const { prepared, diagnostics } = prepareRun([source], {
    suffix: 'run',
    prefix: 'argosy-',
    ...(definitionSize === undefined ? {} : { definitionSize }),
  });
  if (prepared === undefined) throw new Error(`${name} does not compile: ${JSON.stringify(diagnostics)}`);
  return prepared;
}

export function expectedOf(name: string): CaseResult {
  return JSON.parse(readFileSync(join(CASES, name, 'expected.json'), 'utf8')) as CaseResult;
}

export async function runCase(prepared: Prepared, engine: Engine, folder: string): Promise<CaseResult> {
  const { name, compiled, document, analyzed, objects } = prepared;
  const claims = join(folder, 'claims');
  mkdirSync(claims, { recursive: true });
  const run = startLocalRun({
    compiled,
    run: runContextOf({
      name,
      namespace: 'default',
      uid: '00000000-0000-4000-8000-000000000000',
      now: Date.now(),
      metadata: document.value.metadata,
      spec: analyzed.spec,
      arguments: analyzed.arguments,
      parameters: {},
    }),
    prefix: 'argosy-',
    clock: realClock(),
    engine,
    blobs: folderStore(join(folder, 'store')),
    objects,
    claims,
    readYaml: readYamlValue,
    resumeWhenIdle: true,
  });
  const { execution, children, status } = await run.result;
  const broken = [execution.events, ...children].flatMap(brokenRunLaws);
  if (broken.length > 0) throw new Error(`${name} breaks a law: ${broken.join(', ')}`);
  return resultOf(status);
}

function resultOf(status: RunStatus): CaseResult {
  const names = [...status.nodes.keys()].sort();
  const globals = status.globals.parameters ?? {};
  return {
    phase: status.phase,
    ...(status.message ? { message: status.message } : {}),
    ...(Object.keys(globals).length === 0 ? {} : { outputs: globals }),
    nodes: Object.fromEntries(
      names.map((name) => {
        const { type, phase, message, inputs, outputs, children } = status.nodes.get(name)!;
        const artifacts = Object.keys(outputs?.artifacts ?? {});
        const node: CaseNode = {
          type,
          phase,
          ...(message ? { message } : {}),
          ...some('inputs', inputs?.parameters),
          ...some('outputs', outputs?.parameters),
          ...(artifacts.length === 0 ? {} : { artifacts }),
          ...(outputs?.result === undefined ? {} : { result: outputs.result }),
          ...(children.length === 0 ? {} : { children: [...children].sort() }),
        };
        return [name, node];
      }),
    ),
  };
}

function some(name: 'inputs' | 'outputs', values: Readonly<Record<string, string>> | undefined) {
  return values === undefined || Object.keys(values).length === 0 ? {} : { [name]: values };
}

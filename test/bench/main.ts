/** `npm run bench [-- FOLDER]`: prints measured figures as JSON lines. FOLDER is a suite of recorded runs of published YAML. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allStates, printStateMachine } from '../../lib/asl/print.ts';
import type { StateMachine } from '../../lib/asl/state-machine.ts';
import { parse } from '../../lib/compiler/1-parse/parse.ts';
import { analyze } from '../../lib/compiler/2-analyze/analyze.ts';
import { lint } from '../../lib/compiler/2-analyze/lint.ts';
import { compileWorkflow } from '../../lib/compiler/compile.ts';
import { findDocker } from '../../lib/engines/docker/engine.ts';
import { createProcessEngine } from '../../lib/engines/process/engine.ts';
import { prepareRun } from '../../lib/local/prepare.ts';
import { deploymentFigures } from './deployment.ts';
import { eventFigures } from './events.ts';
import { dagYaml, stepsYaml } from './generate.ts';
import { interpreterFigures } from './interpreter.ts';
import { prepared, runFor, simulate } from './runs.ts';
import { startFigures, yamlBelow } from './starts.ts';

const DEFAULT_FOLDER = '../shared/conformance/argo-upstream';

function say(name: string, value: number, unit: string, more: object = {}): void {
  console.log(JSON.stringify({ name, value: Math.round(value * 1000) / 1000, unit, ...more }));
}

/** In a process of its own, which has compiled nothing before. */
function compileCold(folder: string): void {
  const began = performance.now();
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--compile', folder], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  const counts = JSON.parse(child.stdout) as object;
  say('lint and compile of a folder, cold', performance.now() - began, 'ms', counts);
}

function compileBelow(folder: string): void {
  const files = yamlBelow(folder);
  let compiled = 0;
  for (const path of files) {
    const source = { path, text: readFileSync(path, 'utf8') };
    if (prepareRun([source], { suffix: 'bench', prefix: 'argosy-' }).prepared) compiled += 1;
  }
  console.log(JSON.stringify({ files: files.length, compiled }));
}

async function largeDags(): Promise<void> {
  for (const tasks of [2_000, 10_000]) {
    const text = dagYaml(tasks);
    let began = performance.now();
    lint([{ path: 'dag.yaml', text }]);
    say(`lint of a DAG of ${tasks} tasks`, performance.now() - began, 'ms');
    began = performance.now();
    const machine = compiledMachine(text);
    say(`lint and compile of a DAG of ${tasks} tasks`, performance.now() - began, 'ms');
    const characters = printStateMachine(machine, 0).length;
    say(`definition of a DAG of ${tasks} tasks`, characters, 'characters', {
      states: [...allStates(machine)].length,
      charactersPerLeaf: Math.round(characters / tasks),
    });
  }
}

/** Whatever its size. */
function compiledMachine(text: string): StateMachine {
  const analysis = analyze(parse([{ path: 'dag.yaml', text }]).documents);
  return compileWorkflow(analysis, analysis.workflows[0]!, { prefix: 'argosy-' }).machine;
}

/** Each task takes a second: what the run takes beyond the longest path is waiting that the YAML does not ask for. */
async function makespan(): Promise<void> {
  const tasks = 120;
  const { execution } = await simulate(prepared(dagYaml(tasks)), [{ node: '*', answers: [{ seconds: 1 }] }]);
  const depth: number[] = [];
  for (let at = 0; at < tasks; at += 1) {
    const needs = at === 0 ? [] : at % 3 === 0 && at > 10 ? [at - 1, at - 7] : [Math.floor(at / 2)];
    depth.push(1 + Math.max(0, ...needs.filter((one) => one !== at).map((one) => depth[one]!)));
  }
  const events = execution.events;
  const spent = (events.at(-1)!.timestamp.getTime() - events[0]!.timestamp.getTime()) / 1000;
  say('makespan divided by critical path', spent / Math.max(...depth), '', {
    tasks,
    criticalPathSeconds: Math.max(...depth),
  });
}

async function overhead(): Promise<void> {
  const sequence = prepared(stepsYaml(20, 1));
  const wide = prepared(stepsYaml(1, 40));
  const engine = await createProcessEngine();
  await runFor(sequence, engine);
  say('process engine, a step of a sequence', (await runFor(sequence, engine)) / 20, 'ms');
  say('process engine, a step of 40 side by side', (await runFor(wide, engine)) / 40, 'ms');
  await engine.close();
  const docker = await findDocker();
  if (docker === undefined) return say('docker engine', 0, 'ms', { skipped: 'no Docker Engine answers' });
  const { createBenchDocker } = await import('./docker.ts');
  const { engine: containers, image } = await createBenchDocker(docker);
  const inImage = (text: string) => prepared(text.replaceAll('busybox:1.36', image));
  const few = inImage(stepsYaml(5, 1));
  await runFor(few, containers);
  say('docker engine, a step of a sequence', (await runFor(few, containers)) / 5, 'ms');
  say(
    'docker engine, a step of 20 side by side',
    (await runFor(inImage(stepsYaml(1, 20)), containers)) / 20,
    'ms',
  );
  await containers.close();
}

async function main(argv: readonly string[]): Promise<void> {
  const [first, second] = argv;
  if (first === '--compile') return compileBelow(second ?? '.');
  const folder = first ?? DEFAULT_FOLDER;
  const yaml = join(folder, 'yaml');
  const cli = fileURLToPath(new URL('./cli.js', import.meta.url));
  const examples = join(yaml, 'examples');
  for (const [name, value, unit, more] of startFigures(cli, existsSync(examples) ? examples : undefined))
    say(name, value, unit, more);
  for (const [name, value, unit, more] of deploymentFigures()) say(name, value, unit, more);
  if (existsSync(yaml)) compileCold(yaml);
  await largeDags();
  for (const [name, value, unit, more] of await interpreterFigures()) say(name, value, unit, more);
  await makespan();
  if (existsSync(join(folder, 'expected')))
    for (const [name, value, unit, more] of await eventFigures(folder)) say(name, value, unit, more);
  await overhead();
}

await main(process.argv.slice(2));

/**
 * State machines by the hash of their content: each is created once, and used by every run that compiles to
 * it.
 */
import { createHash } from 'node:crypto';
import { QUOTAS } from '../asl/quotas.ts';
import type { StateMachine } from '../asl/state-machine.ts';
import type { Emitted } from '../compiler/4-emit/emit.ts';
import type { StateOrigin } from '../compiler/compile.ts';
import type { Bundle } from '../evaluate/bundle.ts';
import { blobJson, bundleKey } from '../protocol/blob-store.ts';
import { askAgain } from './ask-again.ts';
import type { AwsWorld } from './aws-world.ts';
import type { BoundCluster } from './bind-job.ts';
import { bindMachine } from './bind-machine.ts';
import { expiresInDays } from './row-time.ts';
import { type Origins, readRoles, taskRoles } from './task-roles.ts';

/** CreateStateMachine refills one call a second (SFN-DG/service-quotas). */
const TRIES = { mostTries: 30, pauseMs: 1_000 };
const LONGEST_NAME = 80;
/** A machine that somebody deleted is made again after so long. */
const KEPT_DAYS = 7;

export interface CompiledMachine {
  readonly machine: StateMachine;
  /** Further machines of the run, by what their names end with. */
  readonly parts: Readonly<Record<string, StateMachine>>;
  readonly bundle: Bundle;
  readonly origins: Origins;
  readonly taskDefinitions: Emitted['taskDefinitions'];
}

export class MachineTooLarge extends Error {}

/** A task definition that a state names cannot be had; staged, only the leaf that needs it would fail. */
export class TaskNotRegistered extends Error {}

/** ARNs by family. */
async function registerAll(
  { registerTaskDefinition }: AwsWorld,
  definitions: Emitted['taskDefinitions'],
): Promise<ReadonlyMap<string, string>> {
  const registered = new Map<string, string>();
  // One after another: RegisterTaskDefinition refills one call a second.
  for (const [family, definition] of Object.entries(definitions)) {
    try {
      registered.set(family, await registerTaskDefinition(definition));
    } catch (error) {
      throw new TaskNotRegistered(String(error), { cause: error });
    }
  }
  return registered;
}

/** Answers the ARN. `label` makes the name readable in the console. */
export async function ensureMachine(
  world: AwsWorld,
  compiled: CompiledMachine,
  label: string,
): Promise<string> {
  const { environment, clients } = world;
  const { subnets, securityGroups, assignPublicIp, spot, serviceAccountRoles } = environment;
  const taskRole = taskRoles(compiled, readRoles(serviceAccountRoles));
  const registered = await registerAll(world, compiled.taskDefinitions);
  const taskDefinition = (family: string) => registered.get(family);
  const isSpot = spot === 'true';
  const cluster = boundCluster(environment);
  const around = { subnets, securityGroups, assignPublicIp, isSpot, taskRole, taskDefinition, cluster };
  const definitionOf = (machine: StateMachine) => definitionWithin(bindMachine(machine, around));
  const definition = definitionOf(compiled.machine);
  const parts = Object.entries(compiled.parts).map(
    ([suffix, machine]) => [suffix, definitionOf(machine)] as const,
  );
  const { machineRole: roleArn, machineLogGroup: logGroupArn } = environment;
  const content = [definition, roleArn, logGroupArn, compiled.bundle.id, ...parts.flat()].join('\n');
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const name = machineName(environment.prefix, label, hash, parts[0]?.[0].length ?? 0);
  const key = { pk: `machine#${name}`, sk: 'machine' };
  const row = await clients.table.get(key);
  if (row !== undefined && Number(row['expires']) > clients.now() / 1000) return String(row['arn']);
  await world.blobs.put(bundleKey(compiled.bundle.id), JSON.stringify(compiled.bundle));
  await world.blobs.put(originsKey(name), JSON.stringify(compiled.origins));
  // The first machine comes last, since all of them must be there once a run begins.
  for (const [suffix, part] of parts)
    await create(world, { name: `${name}${suffix}`, definition: part, roleArn, logGroupArn });
  const arn = await create(world, { name, definition, roleArn, logGroupArn });
  await clients.table.put({ ...key, arn, expires: expiresInDays(clients.now(), KEPT_DAYS) });
  return arn;
}

function definitionWithin(machine: StateMachine): string {
  const definition = JSON.stringify(machine);
  if (definition.length > QUOTAS.definitionSize)
    throw new MachineTooLarge(
      `the state machine has ${definition.length} characters, ${QUOTAS.definitionSize} are the most`,
    );
  return definition;
}

function boundCluster(environment: AwsWorld['environment']): BoundCluster | undefined {
  const { eksCluster: name, eksEndpoint: endpoint = '', eksCertificateAuthority = '' } = environment;
  return name ? { name, endpoint, certificateAuthority: eksCertificateAuthority } : undefined;
}

function originsKey(machine: string): string {
  return `machines/${machine}.origins.json`;
}

/** Where the states of a machine come from; nothing where that is not known any more. */
export async function readOrigins(
  { blobs }: Pick<AwsWorld, 'blobs'>,
  machineArn: string,
): Promise<Readonly<Record<string, StateOrigin>>> {
  return (await blobJson(blobs, originsKey(machineArn.split(':').at(-1) ?? ''))) ?? {};
}

/** `reserved`: characters by which names of parts are longer. */
function machineName(prefix: string, label: string, hash: string, reserved: number): string {
  const plain = label.replace(/[^A-Za-z0-9_-]/g, '-').replace(/^-+|-+$/g, '');
  const room = LONGEST_NAME - reserved - prefix.length - 'wf-'.length - hash.length - 1;
  return `${prefix}wf-${plain.slice(0, room) || 'run'}-${hash}`;
}

type Created = Parameters<AwsWorld['clients']['states']['createStateMachine']>[0];

/** The same name and definition are no error for AWS; two calls at once are a conflict, over in a moment. */
async function create({ clients, environment }: AwsWorld, machine: Created): Promise<string> {
  const { partition, region, account } = environment;
  const arn = `arn:${partition}:states:${region}:${account}:stateMachine:${machine.name}`;
  return await askAgain(clients, async () => (await clients.states.createStateMachine(machine)).machineArn, {
    ...TRIES,
    done: ['StateMachineAlreadyExists', arn],
    passing: 'ConflictException',
  });
}

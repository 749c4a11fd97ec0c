/** IAM as far as the stack relies on it: policies of roles, and whether they allow a call. */
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { awsError } from './http.ts';
import { ACCOUNT } from './machines.ts';
import type { Resource } from './template.ts';

/** An action as policies name it, on each of the resources. */
export interface Call {
  readonly action: string;
  readonly resources: readonly string[];
  /** Condition keys, such as `ecs:cluster`. */
  readonly context?: Readonly<Record<string, string>>;
  /** ARN of the role that must be allowed to do it in place of the caller. */
  readonly by?: string;
}

export interface Iam {
  /** Throws AccessDenied where the role may not do it. People, who have no role here, may do everything. */
  readonly check: (role: string | undefined, calls: readonly Call[]) => void;
  /** What was refused so far, in AWS's words. */
  readonly denied: readonly string[];
  readonly addPolicies: (resources: readonly Resource[]) => void;
  /** What roles did, as `role action`; for tests that ask what was tried at all. */
  readonly used: ReadonlySet<string>;
}

interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: Readonly<Record<string, Readonly<Record<string, JsonValue>>>>;
}

export function createIam(): Iam {
  const statements = new Map<string, Statement[]>();
  const denied: string[] = [];
  const used = new Set<string>();
  return {
    denied,
    used,
    addPolicies: (resources) => {
      for (const { type, properties } of resources) {
        if (type !== 'AWS::IAM::Policy') continue;
        for (const role of listOf(properties['Roles'])) {
          const known = statements.get(role) ?? [];
          statements.set(role, [...known, ...statementsOf(properties['PolicyDocument'] as JsonObject)]);
        }
      }
    },
    check: (role, calls) => {
      for (const call of calls) {
        const name = roleName(call.by ?? role);
        if (name === undefined) continue;
        used.add(`${name} ${call.action}`);
        const own = statements.get(name) ?? [];
        const refused = call.resources.find((resource) => !own.some((one) => allows(one, call, resource)));
        if (refused === undefined) continue;
        const message = `User: arn:aws:sts::${ACCOUNT}:assumed-role/${name}/box is not authorized to perform: ${call.action} on resource: ${refused} because no identity-based policy allows the ${call.action} action`;
        denied.push(message);
        throw awsError('AccessDeniedException', message);
      }
    },
  };
}

function statementsOf(document: JsonObject): readonly Statement[] {
  const all = document['Statement'] as unknown as readonly JsonObject[];
  return all.map((one) => {
    if (one['Effect'] !== 'Allow') throw new Error(`the box knows no statement ${JSON.stringify(one)}`);
    return {
      actions: listOf(one['Action']),
      resources: listOf(one['Resource']),
      conditions: (one['Condition'] ?? {}) as Statement['conditions'],
    };
  });
}

function allows({ actions, resources, conditions }: Statement, call: Call, resource: string): boolean {
  return (
    actions.some((one) => isLike(one, call.action)) &&
    resources.some((one) => isLike(one, resource)) &&
    Object.entries(conditions).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, listOf(wanted), call.context?.[key])),
    )
  );
}

function holds(operator: string, wanted: readonly string[], value: string | undefined): boolean {
  if (value === undefined) return false;
  switch (operator) {
    case 'StringEquals':
      return wanted.includes(value);
    case 'StringLike':
    case 'ArnEquals':
    case 'ArnLike':
      return wanted.some((one) => isLike(one, value));
    default:
      throw new Error(`the box knows no condition ${operator}`);
  }
}

function isLike(pattern: string, value: string): boolean {
  const parts = pattern.split('*').map((one) => one.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(value);
}

function listOf(value: JsonValue | undefined): readonly string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);
}

const KEY = 'BOXROLE.';

/** The access key of whoever has the role: it carries the role's name. */
export function accessKeyOf(role: string): string {
  return `${KEY}${roleName(role)}`;
}

/** ARN of the role that signed a request; undefined for a person. */
export function signerOf(authorization: string | undefined): string | undefined {
  const key = /Credential=([^/]+)\//.exec(authorization ?? '')?.[1];
  return key?.startsWith(KEY) ? `arn:aws:iam::${ACCOUNT}:role/${key.slice(KEY.length)}` : undefined;
}

function roleName(role: string | undefined): string | undefined {
  return role?.split('/').at(-1);
}

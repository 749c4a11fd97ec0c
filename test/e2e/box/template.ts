/** Reads a CloudFormation template as far as the box needs it: intrinsic functions, and the names that resources get. */
import type { JsonObject, JsonValue } from '../../../lib/protocol/json.ts';
import { ACCOUNT, REGION } from './machines.ts';

export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: JsonObject;
}

export interface Template {
  /** With everything resolved. */
  readonly resources: readonly Resource[];
  readonly outputs: Readonly<Record<string, string>>;
}

interface Raw {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: JsonObject }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: JsonValue }>>;
  readonly Parameters?: Readonly<Record<string, { readonly Default?: JsonValue }>>;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
  'AWS::StackName': 'argosy',
  'AWS::NoValue': '',
};

/** The property with which a resource is named, where its author may choose. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::Events::Rule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
};

/** The beginning of an ARN's last part, by type. */
const ARNS: Readonly<Record<string, (name: string) => string>> = {
  'AWS::Lambda::Function': (name) => `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
  'AWS::DynamoDB::GlobalTable': (name) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`,
  'AWS::S3::Bucket': (name) => `arn:aws:s3:::${name}`,
  'AWS::IAM::Role': (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  'AWS::Logs::LogGroup': (name) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`,
};

export function readTemplate(template: JsonObject): Template {
  const raw = template as unknown as Raw;
  const nameOf = (id: string): string => {
    const { Type, Properties } = raw.Resources[id]!;
    const given = Properties?.[NAME_PROPERTIES[Type] ?? ''];
    return given === undefined ? id.toLowerCase() : String(resolve(given));
  };
  const reference = (id: string): JsonValue => {
    if (PSEUDO[id] !== undefined) return PSEUDO[id];
    if (raw.Resources[id] !== undefined) return nameOf(id);
    return raw.Parameters?.[id]?.Default ?? id;
  };
  const attribute = (id: string, name: string): string => {
    const arn = ARNS[raw.Resources[id]?.Type ?? ''];
    return name === 'Arn' && arn !== undefined ? arn(nameOf(id)) : `${id.toLowerCase()}.${name}`;
  };
  const call = (name: string, given: JsonValue): JsonValue => {
    switch (name) {
      case 'Ref':
        return reference(String(given));
      case 'Fn::GetAtt': {
        const [id = '', field = ''] = Array.isArray(given) ? given : String(given).split('.');
        return attribute(String(id), String(field));
      }
      case 'Fn::Join': {
        const [glue, parts] = resolve(given) as readonly [string, readonly string[]];
        return parts.join(glue);
      }
      case 'Fn::Select': {
        const [index, list] = resolve(given) as readonly [number, readonly JsonValue[]];
        return list[Number(index)] ?? '';
      }
      case 'Fn::Split': {
        const [glue, whole] = resolve(given) as readonly [string, string];
        return whole.split(glue);
      }
      case 'Fn::GetAZs':
        return [`${REGION}a`, `${REGION}b`];
      case 'Fn::Sub': {
        const [text, own] = (Array.isArray(given) ? given : [given, {}]) as unknown as readonly [
          string,
          JsonObject,
        ];
        return text.replace(/\$\{([^!}][^}]*)\}/g, (_whole, key: string) => {
          if (own[key] !== undefined) return String(resolve(own[key]));
          const [id = '', field] = key.split('.');
          return String(field === undefined ? reference(key) : attribute(id, field));
        });
      }
      default:
        throw new Error(`the box knows no ${name} of templates`);
    }
  };
  const resolve = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map((one: JsonValue) => resolve(one));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value) as [string, JsonValue][];
    const [first] = entries;
    if (entries.length === 1 && first !== undefined && /^(Ref|Fn::\w+)$/.test(first[0]))
      return call(...first);
    return Object.fromEntries(entries.map(([key, one]) => [key, resolve(one)]));
  };
  const resources = Object.entries(raw.Resources).map(([id, { Type: type, Properties = {} }]) => ({
    id: nameOf(id),
    type,
    properties: resolve(Properties) as JsonObject,
  }));
  const outputs = Object.entries(raw.Outputs ?? {}).map(([id, { Value }]) => [id, String(resolve(Value))]);
  return { resources, outputs: Object.fromEntries(outputs) as Record<string, string> };
}

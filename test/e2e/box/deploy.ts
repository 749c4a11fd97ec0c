/** `cdk deploy` into the box: the very template of our stack, its functions bundled as they are for AWS. */

import { join } from 'node:path';
import { CreateTableCommand, type CreateTableCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App } from 'aws-cdk-lib';
import type { Configuration } from '../../../lib/cdk/configuration.ts';
import { ArgosyStack } from '../../../lib/cdk/index.ts';
import type { JsonObject } from '../../../lib/protocol/json.ts';
import type { Box } from './box.ts';
import { accessKeyOf } from './iam.ts';
import { REGION } from './machines.ts';
import { type Resource, readTemplate, type Template } from './template.ts';

export const STACK = 'argosy';

/** What any AWS program is told of its surroundings. */
export function awsEnvironment(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'box',
    AWS_SECRET_ACCESS_KEY: 'box',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    NODE_NO_WARNINGS: '1',
  };
}

/** Synthesizes the stack into a folder. */
export function synthesize(folder: string, more: Partial<Configuration> = {}): Template {
  // Tests of the stack itself have it checked; here it would take twice the time.
  process.env['CDK_VALIDATION'] = 'false';
  const app = new App({
    outdir: folder,
    analyticsReporting: false,
    context: { '@aws-cdk/core:validateOnSynth': false },
  });
  const stack = new ArgosyStack(app, STACK, {
    configuration: { executorImage: 'argosy-executor:box', fileSystem: 'fs-0123456789abcdef0', ...more },
  });
  const assembly = app.synth({ skipValidation: true });
  return readTemplate(assembly.getStackByName(stack.stackName).template as JsonObject);
}

export async function deploy(box: Box, template: Template, folder: string): Promise<void> {
  box.iam.addPolicies(template.resources);
  for (const resource of template.resources) await create(box, resource, folder);
  box.stacks.set(STACK, template.outputs);
}

/** `cdk deploy` over a stack that is there: functions get their code and settings anew, whatever they are doing. */
export async function update(
  box: Box,
  { resources }: Template,
  folder: string,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  for (const resource of resources) {
    if (resource.type !== 'AWS::Lambda::Function') continue;
    const Environment = { Variables: { ...variablesOf(resource.properties), ...settings } };
    await create(box, { ...resource, properties: { ...resource.properties, Environment } }, folder);
  }
}

async function create(box: Box, { id, type, properties }: Resource, folder: string): Promise<void> {
  switch (type) {
    case 'AWS::Lambda::Function':
      box.lambdas.add({
        name: id,
        file: join(folder, `asset.${assetOf(properties)}`, moduleOf(properties)),
        environment: {
          ...awsEnvironment(box.endpoint),
          AWS_ACCESS_KEY_ID: accessKeyOf(String(properties['Role'])),
          ...variablesOf(properties),
        },
        timeoutSeconds: Number(properties['Timeout'] ?? 3),
      });
      return;
    case 'AWS::DynamoDB::GlobalTable':
      await createTable(box, id, properties);
      return;
    case 'AWS::Events::Rule':
      addRule(box, id, properties);
      return;
    default:
  }
}

/** `gate/index.handler` is a function of `gate/index.mjs`. */
function moduleOf(properties: JsonObject): string {
  return String(properties['Handler']).replace(/\.handler$/, '.mjs');
}

function assetOf(properties: JsonObject): string {
  const key = (properties['Code'] as JsonObject)['S3Key'];
  return String(key).replace(/\.zip$/, '');
}

function variablesOf(properties: JsonObject): Record<string, string> {
  const environment = (properties['Environment'] ?? {}) as { readonly Variables?: Record<string, string> };
  return environment.Variables ?? {};
}

async function createTable(box: Box, name: string, properties: JsonObject): Promise<void> {
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes } = properties;
  const input = {
    TableName: name,
    AttributeDefinitions,
    KeySchema,
    GlobalSecondaryIndexes,
    BillingMode: 'PAY_PER_REQUEST',
  };
  const client = new DynamoDBClient({
    endpoint: box.endpoint,
    region: REGION,
    credentials: { accessKeyId: 'box', secretAccessKey: 'box' },
  });
  await client.send(new CreateTableCommand(input as unknown as CreateTableCommandInput));
  client.destroy();
}

/** Rules whose targets are functions; EventBridge tries again where they fail. */
function addRule(box: Box, name: string, properties: JsonObject): void {
  const pattern = properties['EventPattern'] as JsonObject | undefined;
  if (pattern === undefined) return;
  for (const target of (properties['Targets'] ?? []) as readonly { readonly Arn: string }[]) {
    if (!target.Arn.includes(':function:')) continue;
    box.bus.addRule({
      name,
      pattern,
      target: async (event) => {
        for (let attempt = 0; ; attempt += 1) {
          const { functionError, payload } = await box.lambdas.invoke(target.Arn, event);
          if (functionError === undefined) return;
          if (attempt === 2) throw new Error(JSON.stringify(payload));
        }
      },
    });
  }
}

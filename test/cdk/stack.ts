/** Synthesizes the runtime for a test: without Docker, without bundling, in well under a second. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { App, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Configuration } from '../../lib/cdk/configuration.ts';
import { ArgosyRuntime, ArgosyStack } from '../../lib/cdk/index.ts';
import { flat } from '../../lib/cdk/permissions.ts';

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export type Resources = Readonly<Record<string, Resource>>;

const IMAGE = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/executor:1';
const code = Code.fromInline('exports.handler = async () => ({});');

/** With the same feature flags as bin/app.ts, or with none, as in an app that says nothing. */
function makeApp(context: Readonly<Record<string, unknown>> = {}): App {
  return new App({
    context,
    builtinCloudFormationValidation: false,
    treeMetadata: false,
    analyticsReporting: false,
  });
}

const flags = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json') as Record<
  string,
  unknown
>;

export function runtimeStack(configuration: Partial<Configuration> = {}) {
  const app = makeApp(flags);
  const stack = new ArgosyStack(app, 'Argosy', {
    code,
    configuration: { executorImage: IMAGE, ...configuration },
  });
  return { app, stack, ...templateOf(stack) };
}

/** A stack of somebody else, with a runtime in it. */
export function userStack(configuration: Partial<Configuration> = {}) {
  const app = makeApp();
  const stack = new Stack(app, 'Theirs');
  const runtime = new ArgosyRuntime(stack, 'ArgosyRuntime', {
    code,
    configuration: { executorImage: IMAGE, ...configuration },
  });
  return { app, stack, runtime };
}

export function templateOf(stack: Stack) {
  const template = Template.fromStack(stack);
  return { template, resources: template.toJSON()['Resources'] as Resources };
}

/** The definitions of the stack's state machines, with a word in place of what is known at deployment only. */
export function definitionsOf(stack: Stack): readonly string[] {
  const { resources } = templateOf(stack);
  const { outdir } = Stage.of(stack) ?? {};
  return ofType(resources, 'AWS::StepFunctions::StateMachine').map(({ Properties }) => {
    const { Key } = Properties['DefinitionS3Location'] as { readonly Key: string };
    const names = Object.keys(Properties['DefinitionSubstitutions'] ?? {});
    const text = readFileSync(join(outdir ?? '', `asset.${Key}`), 'utf8');
    return text.replaceAll(/\$\{([^}]*)\}/g, (written, name: string) =>
      names.includes(name) ? 'REFERENCE' : `unknown ${written}`,
    );
  });
}

export interface Statement {
  readonly role: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions: unknown;
}

/** What every role may do; names without the hash that CDK adds. */
export function statementsOf(resources: Resources): readonly Statement[] {
  return Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy')
    .flatMap(({ Properties }) => {
      const { Statement: statements } = Properties['PolicyDocument'] as {
        Statement: Record<string, unknown>[];
      };
      const [role] = Properties['Roles'] as { Ref: string }[];
      return statements.map((one) => ({
        role: plain(role?.Ref ?? ''),
        actions: listOf(one['Action']).map(String),
        resources: listOf(one['Resource']).map((resource) => plain(flat(resource))),
        conditions: one['Condition'],
      }));
    });
}

/** Logical ids without their hash. */
export function plain(text: string): string {
  return text
    .replaceAll(/(?<=[A-Za-z])[0-9A-F]{8}\b/g, '')
    .replace(/^Runtime/, '')
    .replaceAll('<Runtime', '<');
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

export function ofType(resources: Resources, type: string): readonly Resource[] {
  return Object.values(resources).filter(({ Type }) => Type === type);
}

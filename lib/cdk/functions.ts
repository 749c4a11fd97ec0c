/**
 * One function for each folder of lambdas/, each with a role, a log group, and all that lib/aws reads of its
 * surroundings.
 */
import { Duration } from 'aws-cdk-lib';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import {
  ENVIRONMENT_NAMES,
  type EnvironmentField,
  FUNCTIONS,
  type FunctionName,
} from '../aws/environment.ts';
import { functionPermissions, type Surroundings } from './function-permissions.ts';
import { makeLogGroup } from './logs.ts';
import { withFunctions } from './package-files.ts';
import { roleOf } from './permissions.ts';

export type Functions = Readonly<Record<FunctionName, LambdaFunction>>;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as readonly FunctionName[];

/** Text of every variable, by its field. */
export type FunctionEnvironment = Readonly<Record<EnvironmentField, string>>;

export interface FunctionsProps {
  readonly around: Surroundings;
  readonly environment: FunctionEnvironment;
  readonly retentionDays: number;
  /** NAME/index for each function. @default bundled from lambdas/ */
  readonly code?: Code | undefined;
}

export function makeFunctions(scope: Construct, props: FunctionsProps): Functions {
  const { code } = props;
  const all = (shared: Code): Functions =>
    Object.fromEntries(
      FUNCTION_NAMES.map((name) => [name, makeFunction(scope, name, shared, props)]),
    ) as Record<FunctionName, LambdaFunction>;
  if (code !== undefined) return all(code);
  return withFunctions(FUNCTION_NAMES, (folder) => all(Code.fromAsset(folder)));
}

function makeFunction(
  scope: Construct,
  name: FunctionName,
  code: Code,
  props: FunctionsProps,
): LambdaFunction {
  const { names } = props.around;
  const id = constructId(name);
  const logGroup = makeLogGroup(scope, `${id}Logs`, names.functionLogGroup(name), props.retentionDays);
  const role = roleOf(scope, `${id}Role`, {
    service: 'lambda.amazonaws.com',
    description: `Function ${names.functionName(name)}`,
    permissions: functionPermissions(name, logGroup, props.around),
  });
  const { timeoutSeconds, memoryMegabytes } = FUNCTIONS[name];
  return new LambdaFunction(scope, `${id}Function`, {
    functionName: names.functionName(name),
    description: DESCRIPTIONS[name],
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: `${name}/index.handler`,
    code,
    role,
    logGroup,
    timeout: Duration.seconds(timeoutSeconds),
    memorySize: memoryMegabytes,
    environment: variables(props.environment),
  });
}

function variables(environment: FunctionEnvironment): Record<string, string> {
  const fields = Object.keys(ENVIRONMENT_NAMES) as readonly EnvironmentField[];
  return Object.fromEntries(
    fields
      .filter((field) => !field.startsWith('eks') || environment[field] !== '')
      .map((field) => [ENVIRONMENT_NAMES[field], environment[field]]),
  );
}

/** `exit-handler` → `ExitHandler`. */
export function constructId(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
}

const DESCRIPTIONS: Readonly<Record<FunctionName, string>> = {
  stage: 'Makes a step ready: its task definition, inputs and script',
  evaluate: "Evaluates Argo's expressions, conditions and loops",
  memo: 'Saves memoized outputs',
  gate: 'Lets a task of a DAG wait for others',
  lock: 'Semaphores, mutexes and parallelism',
  suspend: 'Suspended nodes',
  http: 'Calls of http templates',
  data: 'Lists and transforms of data templates',
  resource: 'Objects of resource templates in an EKS cluster',
  submit: 'Uploads: checks, compiles and starts workflows',
  'exit-handler': 'Runs that ended: exit handlers, stray tasks, locks',
  schedule: 'CronWorkflows that are due',
};

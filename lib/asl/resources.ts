/**
 * The resources that Task states may name, and what of their arguments must be there (aws:
 * connect-to-resource).
 */

export type Suffix = '' | '.sync' | '.sync:2' | '.waitForTaskToken';

export interface Resource {
  readonly kind: 'lambda' | 'activity' | 'service' | 'sdk';
  /** As history events name it: `ecs`, `aws-sdk:s3`; for functions and activities `lambda` and `activity`. */
  readonly resourceType: string;
  /** As history events name it: `runTask.sync`; for functions and activities the whole ARN. */
  readonly resource: string;
  readonly suffix: Suffix;
}

export type ParsedResource =
  | { readonly ok: true; readonly resource: Resource; readonly required: readonly string[] }
  | { readonly ok: false; readonly message: string };

interface Integration {
  readonly suffixes: readonly Suffix[];
  readonly required: readonly string[];
}

const one: readonly Suffix[] = [''];
const job: readonly Suffix[] = ['', '.sync'];
const token: readonly Suffix[] = ['', '.waitForTaskToken'];
const nested: readonly Suffix[] = ['', '.sync', '.sync:2', '.waitForTaskToken'];
const all: readonly Suffix[] = ['', '.sync', '.waitForTaskToken'];

type Row = readonly [apis: string, suffixes: readonly Suffix[], required?: string];

const ROWS: readonly Row[] = [
  ['lambda:invoke', token, 'FunctionName'],
  ['ecs:runTask', all, 'TaskDefinition'],
  ['states:startExecution', nested, 'StateMachineArn'],
  ['batch:submitJob', job, 'JobDefinition JobName JobQueue'],
  ['eks:runJob', all, 'ClusterName CertificateAuthority Endpoint Job'],
  ['eks:call', one, 'ClusterName CertificateAuthority Endpoint Method Path'],
  ['eks:createCluster eks:createFargateProfile eks:createNodegroup', job],
  ['eks:deleteCluster eks:deleteFargateProfile eks:deleteNodegroup', job],
  ['dynamodb:getItem dynamodb:deleteItem dynamodb:updateItem', one, 'TableName Key'],
  ['dynamodb:putItem', one, 'TableName Item'],
  ['events:putEvents', token, 'Entries'],
  ['sns:publish', token, 'Message'],
  ['sqs:sendMessage', token, 'QueueUrl MessageBody'],
  ['http:invoke', one, 'ApiEndpoint Method'],
  ['apigateway:invoke', token, 'ApiEndpoint Method'],
  ['glue:startJobRun databrew:startJobRun codebuild:startBuild codebuild:startBuildBatch', job],
  ['codebuild:stopBuild codebuild:batchDeleteBuilds codebuild:batchGetReports', one],
  ['athena:startQueryExecution', job],
  ['athena:stopQueryExecution athena:getQueryExecution athena:getQueryResults', one],
  ['elasticmapreduce:createCluster elasticmapreduce:addStep elasticmapreduce:terminateCluster', job],
  ['elasticmapreduce:cancelStep elasticmapreduce:setClusterTerminationProtection', one],
  ['elasticmapreduce:modifyInstanceFleetByName elasticmapreduce:modifyInstanceGroupByName', one],
  ['emr-containers:createVirtualCluster', one],
  ['emr-containers:deleteVirtualCluster emr-containers:startJobRun', job],
  ['emr-serverless:createApplication emr-serverless:startApplication emr-serverless:stopApplication', job],
  ['emr-serverless:deleteApplication emr-serverless:startJobRun emr-serverless:cancelJobRun', job],
  ['sagemaker:createLabelingJob sagemaker:createProcessingJob sagemaker:createTrainingJob', job],
  ['sagemaker:createHyperParameterTuningJob sagemaker:createTransformJob', job],
  [
    'sagemaker:createEndpoint sagemaker:createEndpointConfig sagemaker:createModel sagemaker:updateEndpoint',
    one,
  ],
  ['bedrock:invokeModel', one, 'ModelId'],
  ['bedrock:createModelCustomizationJob', job],
  ['mediaconvert:createJob', job],
];

const INTEGRATIONS: ReadonlyMap<string, Integration> = new Map(
  ROWS.flatMap(([apis, suffixes, required]) =>
    apis.split(' ').map((api) => [api, { suffixes, required: required?.split(' ') ?? [] }] as const),
  ),
);

const SERVICE = /^arn:[^:]+:states:(?:[^:]*):(?:[^:]*):([^.]+?)(\..+)?$/;
const FUNCTION = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:.+$/;
const ACTIVITY = /^arn:[^:]+:states:[^:]*:[^:]*:activity:.+$/;

export function parseResource(text: string): ParsedResource {
  if (FUNCTION.test(text)) return plain('lambda', text);
  if (ACTIVITY.test(text)) return plain('activity', text);
  const match = SERVICE.exec(text);
  if (match === null)
    return { ok: false, message: `The resource '${text}' is not an ARN that a Task can call` };
  const [, api = '', suffix = ''] = match;
  const colon = api.lastIndexOf(':');
  const names = { resourceType: api.slice(0, colon), resource: api.slice(colon + 1) + suffix };
  if (api.startsWith('aws-sdk:')) return sdk(text, names, suffix);
  const known = INTEGRATIONS.get(api);
  if (known === undefined) return { ok: false, message: `The resource '${text}' names no known integration` };
  if (!isOneOf(known.suffixes, suffix)) return { ok: false, message: unknownSuffix(text, suffix) };
  return { ok: true, resource: { kind: 'service', ...names, suffix }, required: known.required };
}

function plain(kind: 'lambda' | 'activity', text: string): ParsedResource {
  return { ok: true, resource: { kind, resourceType: kind, resource: text, suffix: '' }, required: [] };
}

function sdk(
  text: string,
  names: Pick<Resource, 'resource' | 'resourceType'>,
  suffix: string,
): ParsedResource {
  const wellFormed =
    /^aws-sdk:[a-z0-9]+$/.test(names.resourceType) && /^[a-z][A-Za-z0-9]*(\.|$)/.test(names.resource);
  if (!wellFormed)
    return { ok: false, message: `The resource '${text}' is not of the form aws-sdk:service:action` };
  if (!isOneOf(token, suffix)) return { ok: false, message: unknownSuffix(text, suffix) };
  return { ok: true, resource: { kind: 'sdk', ...names, suffix }, required: [] };
}

function unknownSuffix(text: string, suffix: string): string {
  return `The resource '${text}' does not support '${suffix === '' ? 'request response' : suffix}'`;
}

function isOneOf(suffixes: readonly Suffix[], suffix: string): suffix is Suffix {
  return (suffixes as readonly string[]).includes(suffix);
}

/** The stack that bin/app.ts makes: the runtime, tags on all of it, and outputs that say what to do next. */
import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ArgosyRuntime, type ArgosyRuntimeProps } from './runtime.ts';

export interface ArgosyStackProps extends StackProps, ArgosyRuntimeProps {}

export class ArgosyStack extends Stack {
  readonly runtime: ArgosyRuntime;

  constructor(scope: Construct, id: string, props: ArgosyStackProps = {}) {
    const { configuration, code, ...rest } = props;
    super(scope, id, { description: 'Argosy: Argo Workflows on AWS Step Functions', ...rest });
    this.runtime = new ArgosyRuntime(this, 'Runtime', {
      ...(configuration !== undefined && { configuration }),
      ...(code !== undefined && { code }),
    });
    Tags.of(this).add('argosy:stack', id);
    Tags.of(this).add('argosy:prefix', this.runtime.names.prefix);
    this.addOutputs();
  }

  private addOutputs(): void {
    const { storage, names, observability } = this.runtime;
    const bucket = storage.bucket.bucketName;
    const { region } = this;
    const console = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
    const outputs: Readonly<Record<string, readonly [value: string, description: string]>> = {
      Bucket: [bucket, 'Workflows, runs and artifacts'],
      Table: [storage.table.tableName, 'Runs, gates, locks, memoized outputs'],
      Prefix: [names.prefix, 'Begins the name of all that belongs to this runtime'],
      Upload: [`aws s3 cp hello-world.yaml s3://${bucket}/workflows/`, 'Starts a run of a workflow'],
      Get: [`npx argosy get @latest --stack ${this.stackName}`, "Shows the newest run as Argo's tree"],
      Alarms: [observability.alarms.topicArn, 'Topic of alarms: aws sns subscribe --protocol email ...'],
      Dashboard: [`${console}#dashboards/dashboard/${names.prefix}runs`, 'Runs, tasks, functions'],
    };
    for (const [id, [value, description]] of Object.entries(outputs))
      new CfnOutput(this, id, { value, description });
  }
}

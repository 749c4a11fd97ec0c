/** The CDK app: one stack, configured by context. */
import { createRequire } from 'node:module';
import { App } from 'aws-cdk-lib';
import { readConfiguration } from '../lib/cdk/configuration.ts';
import { ArgosyStack } from '../lib/cdk/stack.ts';

/*
 * CDK's own check of the template takes longer than all else together (aws-cdk issue 38498), and `npm test`
 * runs stricter ones; CDK_VALIDATION=true brings it back.
 */
const flags = createRequire(import.meta.url)('aws-cdk-lib/recommended-feature-flags.json') as Record<
  string,
  unknown
>;

const app = new App({
  context: flags,
  builtinCloudFormationValidation: process.env['CDK_VALIDATION'] === 'true',
  analyticsReporting: false,
  treeMetadata: false,
});
try {
  new ArgosyStack(app, 'Argosy', { configuration: readConfiguration(app.node.getAllContext()) });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** The resource handler: there is no cluster to talk to, so it says what to do instead. */
import { templateType } from '../argo/template.ts';
import { refusalOf } from '../evaluate/leaf/refused-leaf.ts';
import { type Handler, outcomeError } from './world.ts';

export const resource: Handler = async (payload, world) => {
  const bundle = await world.bundle(String(payload['machine']));
  const template = bundle.templates[String(payload['template'])]?.template;
  const message = refusalOf(template && templateType(template)) ?? 'this template cannot run here';
  throw outcomeError({ node: String(payload['node']), phase: 'Error', message });
};

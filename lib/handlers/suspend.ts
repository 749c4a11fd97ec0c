/** The suspend handler: parks the token under run and node, for whoever resumes. */
import type { Handler } from './world.ts';

export const suspend: Handler = async (payload, world) => {
  await world.suspensions.park({
    run: String(payload['run']),
    node: String(payload['node']),
    token: String(payload['token']),
    template: String(payload['template'] ?? ''),
    task: payload['task'] ?? {},
  });
  return {};
};

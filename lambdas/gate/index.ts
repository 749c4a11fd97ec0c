/** Lets a task of a DAG wait for tasks of other branches. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { gate } from '../../lib/handlers/gate.ts';

export const handler = serveHandler(gate);

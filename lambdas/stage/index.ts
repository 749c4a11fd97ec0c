/** Makes a leaf ready: its task definition, task spec and inputs. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { stage } from '../../lib/handlers/stage.ts';

export const handler = serveHandler(stage);

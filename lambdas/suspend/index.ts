/** Parks the token of a suspended node. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { suspend } from '../../lib/handlers/suspend.ts';

export const handler = serveHandler(suspend);

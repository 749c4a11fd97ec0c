/** Lists and transforms the source of a data template. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { data } from '../../lib/handlers/data.ts';

export const handler = serveHandler(data);

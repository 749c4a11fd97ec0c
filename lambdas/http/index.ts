/** Makes the request of an http template. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { http } from '../../lib/handlers/http.ts';

export const handler = serveHandler(http);

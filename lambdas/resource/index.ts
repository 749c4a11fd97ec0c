/** Says what a resource template needs. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { resource } from '../../lib/handlers/resource.ts';

export const handler = serveHandler(resource);

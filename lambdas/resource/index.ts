/** Acts on an object of the EKS cluster, for a resource template. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { resource } from '../../lib/handlers/resource.ts';

export const handler = serveHandler(resource);

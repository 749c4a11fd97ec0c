/** Works out what Argo's controller works out between the runs of nodes. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { evaluate } from '../../lib/handlers/evaluate.ts';

export const handler = serveHandler(evaluate);

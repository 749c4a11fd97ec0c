/** Looks up and saves memoized outputs. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { memo } from '../../lib/handlers/memo.ts';

export const handler = serveHandler(memo);

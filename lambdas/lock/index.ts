/** Takes and gives back mutexes, semaphores and slots. */
import { serveHandler } from '../../lib/aws/serve-handler.ts';
import { lock } from '../../lib/handlers/lock.ts';

export const handler = serveHandler(lock);

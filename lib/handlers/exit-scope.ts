/** `workflow.status`, `.failures` and `.duration`, as an exit handler sees them. */
import type { EnterRequest, ScopeData } from '../evaluate/requests.ts';
import { goJsonEscaped } from '../expression/go/json-encode.ts';
import { goQuote } from '../expression/go/quote.ts';
import type { JsonObject } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import type { HandlerWorld } from './world.ts';

export async function exitScope(
  payload: JsonObject,
  request: EnterRequest & { readonly outcome?: Outcome },
  world: HandlerWorld,
): Promise<NonNullable<ScopeData['exit']>> {
  const bundle = await world.bundle(String(payload['machine']));
  const mentions = JSON.stringify([bundle.spec, bundle.templates]).includes('failures');
  const failures = mentions ? await world.failures(String(payload['execution'])) : null;
  const phase = request.outcome?.phase ?? 'Error';
  const started = Date.parse(request.scope.run.creationTimestamp);
  // Argo prints seconds with six decimals (util/variables/keys/globals.go).
  const duration = Math.max(0, (world.now() - started) / 1000).toFixed(6);
  // Quoted twice, as upstream (operate in operator.go): a Go string of the JSON that Go writes.
  return {
    status: phase === 'Skipped' || phase === 'Omitted' ? 'Succeeded' : phase,
    failures: goQuote(goJsonEscaped(JSON.stringify(failures))),
    duration,
  };
}

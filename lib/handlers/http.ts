/** The http handler: makes the request of an http template and judges the response. */
import { type HttpRequest, httpFailure, judgeHttp, renderHttp } from '../evaluate/leaf/http.ts';
import type { StageRequest } from '../evaluate/requests.ts';
import type { JsonValue } from '../protocol/json.ts';
import type { Outcome } from '../protocol/outcome.ts';
import { heedSuspension, refuseWhenStopped } from './heed-orders.ts';
import { stageRequestFrom } from './make-ready.ts';
import { doneBefore, spill } from './outputs.ts';
import { type Handler, type HandlerWorld, outcomeError } from './world.ts';

export const http: Handler = async (payload, world) => {
  const request = stageRequestFrom(payload);
  const orders = await heedSuspension(request.run.name, world);
  const earlier = await doneBefore(request, world);
  if (earlier !== undefined) return earlier;
  const bundle = await world.bundle(String(payload['machine']));
  const rendered = renderHttp(bundle, request);
  if (rendered.kind === 'done') throw outcomeError(rendered.outcome);
  refuseWhenStopped(request, orders, bundle.spec.shutdown);
  const outcome = await ask(rendered, request, world);
  if (outcome.phase !== 'Succeeded') throw outcomeError(outcome);
  return (await spill(outcome, world.blobs)) as unknown as JsonValue;
};

async function ask(rendered: HttpRequest, request: StageRequest, world: HandlerWorld): Promise<Outcome> {
  const now = () => new Date(world.now()).toISOString();
  const { timeoutSeconds, deadline } = rendered;
  const limits = [
    ...(timeoutSeconds === undefined ? [] : [timeoutSeconds * 1000]),
    ...(deadline === undefined ? [] : [Math.max(1, deadline - world.now())]),
  ];
  const signal = limits.length === 0 ? null : AbortSignal.timeout(Math.min(...limits));
  try {
    const headers = new Headers();
    for (const { name, value, secret } of rendered.headers)
      headers.append(
        name,
        secret === undefined ? (value ?? '') : await world.secret(secret.name, secret.key),
      );
    const body =
      rendered.bodyEncoding === 'base64'
        ? Buffer.from(rendered.body ?? '', 'base64')
        : (rendered.body ?? null);
    const response = await world.fetch(rendered.url, { method: rendered.method, headers, body, signal });
    const received = {
      statusCode: response.status,
      body: await response.text(),
      headers: Object.fromEntries([...response.headers].map(([name, value]) => [name, [value]])),
    };
    return judgeHttp(request, rendered.http, received, now());
  } catch (thrown) {
    return httpFailure(request, thrown instanceof Error ? causeOf(thrown) : String(thrown), now());
  }
}

/** Node wraps the reason of a failed fetch. */
function causeOf(thrown: Error): string {
  return thrown.cause instanceof Error ? thrown.cause.message : thrown.message;
}

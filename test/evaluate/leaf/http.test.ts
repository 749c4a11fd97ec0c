import { describe, expect, it } from 'vitest';
import type { Http } from '../../../lib/argo/template.ts';
import { judgeHttp, renderHttp } from '../../../lib/evaluate/leaf/http.ts';
import { bundleOf, now, stage } from './fixtures.ts';

function sent(http: Http) {
  return renderHttp(bundleOf({ http }), stage());
}

describe('renderHttp', () => {
  it('puts values in and keeps secrets by name', () => {
    const headers = [
      { name: 'X-Run', value: '{{workflow.name}}' },
      { name: 'Authorization', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    ];
    expect(
      sent({ method: 'POST', url: 'http://h/{{workflow.name}}', headers, body: 'b', timeoutSeconds: 3 }),
    ).toMatchObject({
      method: 'POST',
      url: 'http://h/demo',
      headers: [
        { name: 'X-Run', value: 'demo' },
        { name: 'Authorization', secret: { name: 's', key: 'k' } },
      ],
      body: 'b',
      timeoutSeconds: 3,
      insecureSkipVerify: false,
    });
  });

  it('is a GET by itself, and sends bytes as bytes', () => {
    expect(sent({ url: 'u', bodyFrom: { bytes: 'AAE=' } })).toMatchObject({
      method: 'GET',
      body: 'AAE=',
      bodyEncoding: 'base64',
    });
  });
});

describe('judgeHttp', () => {
  const headers = { 'content-type': ['text/plain'] };
  const judge = (http: Http, statusCode: number) =>
    judgeHttp(stage(), { method: 'GET', url: 'u', ...http }, { statusCode, body: 'hello', headers }, now);

  it.each<[string, Http, number, string, string | undefined]>([
    ['200', {}, 200, 'Succeeded', undefined],
    ['404', {}, 404, 'Failed', 'received non-2xx response code: 404'],
    [
      'a condition on the code',
      { successCondition: 'response.statusCode == 404' },
      404,
      'Succeeded',
      undefined,
    ],
    [
      'a condition on the body',
      { successCondition: 'response.body contains "hell"' },
      500,
      'Succeeded',
      undefined,
    ],
    [
      'a condition on a header',
      { successCondition: 'response.headers["Content-Type"][0] == "text/plain"' },
      200,
      'Succeeded',
      undefined,
    ],
    [
      'a condition on the request',
      { successCondition: 'request.method == "PUT"' },
      200,
      'Failed',
      `successCondition 'request.method == "PUT"' evaluated false`,
    ],
    [
      'no bool',
      { successCondition: 'response.body' },
      200,
      'Error',
      "unable to cast expression result 'hello' to bool",
    ],
  ])('%s', (_what, http, status, phase, message) => {
    const outcome = judge(http, status);
    expect([outcome.phase, outcome.message]).toEqual([phase, message]);
  });

  it('is no fault of starting it where the condition cannot be judged', () => {
    expect(judge({ successCondition: 'nope' }, 200)).not.toHaveProperty('notStarted');
  });

  it('gives the body as result whether or not it succeeds', () => {
    expect(judge({}, 500).outputs).toEqual({ result: 'hello' });
    expect(judge({}, 200).outputs).toEqual({ result: 'hello' });
  });
});

import { describe, expect, it } from 'vitest';
import type { Template } from '../../../lib/argo/template.ts';
import { renderSuspend, resumed } from '../../../lib/evaluate/leaf/suspend.ts';
import type { StageRequest } from '../../../lib/evaluate/requests.ts';
import { bundleOf, now, run, stage } from './fixtures.ts';

function suspended(template: Template, request: Partial<StageRequest> = {}) {
  return renderSuspend(bundleOf({ suspend: {}, ...template }), stage(request));
}

const at = Date.parse(now);
const answer = { name: 'answer', valueFrom: { supplied: {} } };

describe('renderSuspend', () => {
  it('waits for somebody without a duration', () => {
    expect(suspended({})).toEqual({
      kind: 'wait',
      node: 'demo[0].first',
      startedAt: now,
      supplied: [],
      choices: [],
    });
  });

  it.each([
    ['20', 20],
    ['1m30s', 90],
    ['1500ms', 2],
    ['0s', 1],
    ['{{inputs.parameters.t}}', 7],
  ])('goes on by itself after %s', (duration, seconds) => {
    const inputs = { parameters: [{ name: 't', default: '7' }] };
    const request = { inputs: { parameters: { t: '7' } } };
    expect(suspended({ inputs, suspend: { duration } }, request)).toMatchObject({
      seconds,
      expired: { phase: 'Succeeded' },
    });
  });

  it('ends with the run where that ends sooner, but not in an exit handler', () => {
    const request = { run: { ...run, deadline: at + 4000 } };
    expect(suspended({ suspend: { duration: '60' } }, request)).toMatchObject({
      seconds: 4,
      expired: {
        phase: 'Failed',
        message: 'Step exceeded its deadline',
        finishedAt: '2026-03-01T10:00:04.000Z',
      },
    });
    const exit = { status: 'Failed', failures: 'null', duration: '1' };
    expect(suspended({ suspend: { duration: '60' } }, { ...request, exit })).toMatchObject({ seconds: 60 });
  });

  it('is an Error with what is no duration', () => {
    expect(suspended({ suspend: { duration: 'soon' } })).toMatchObject({
      outcome: {
        phase: 'Error',
        message: 'unable to parse soon as a duration: time: invalid duration "soon"',
        notStarted: true,
      },
    });
  });

  it('names the outputs to supply, with defaults of their own or of the input of that name', () => {
    const inputs = { parameters: [{ name: 'answer', default: 'yes', enum: ['yes', 'no'] }] };
    const outputs = {
      parameters: [answer, { name: 'why', valueFrom: { supplied: {}, default: '-' } }],
    };
    expect(suspended({ inputs, outputs })).toMatchObject({
      supplied: [
        { name: 'answer', default: 'yes' },
        { name: 'why', default: '-' },
      ],
      choices: [{ name: 'answer', enum: ['yes', 'no'], default: 'yes' }],
    });
  });

  it('finds a choice in the value of an input', () => {
    const inputs = { parameters: [{ name: 'ask' }] };
    const request = { inputs: { parameters: { ask: '{"enum": ["a", "b"]}' } } };
    expect(suspended({ inputs }, request)).toMatchObject({
      choices: [{ name: 'ask', enum: ['a', 'b'], default: 'a' }],
    });
  });
});

describe('resumed', () => {
  const waiting = {
    node: 'n',
    startedAt: now,
    supplied: [{ name: 'a' }, { name: 'b', default: 'd' }],
  };

  it('gives values before defaults; what has a global name is exported by a DAG alone', () => {
    expect(resumed(waiting, { a: '1' }, now)).toEqual({
      node: 'n',
      phase: 'Succeeded',
      startedAt: now,
      finishedAt: now,
      outputs: { parameters: { a: '1', b: 'd' } },
    });
  });

  it('is an Error where neither is there', () => {
    expect(resumed(waiting, {}, now)).toMatchObject({
      phase: 'Error',
      message: "raw output parameter 'a' has not been set and does not have a default value",
    });
  });
});

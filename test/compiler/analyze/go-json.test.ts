/** JSON as Go writes it: order, and what is left out. */

import { expect, test } from 'vitest';
import { goJson } from '../../../lib/compiler/2-analyze/go-json.ts';

test('fields stand in the order of the Go type, and structs are there though empty', () => {
  const script = { source: 'x', image: 'alpine' };
  const template = { activeDeadlineSeconds: 5, script, name: 'main', volumes: [], daemon: null };
  expect(goJson(template, 'Template')).toBe(
    '{"name":"main","inputs":{},"outputs":{},"metadata":{},' +
      '"script":{"image":"alpine","resources":{},"source":"x"},"activeDeadlineSeconds":5}',
  );
});

test('fields of an embedded type stand where it is embedded', () => {
  const artifact = { globalName: 'g', raw: { data: 'x' }, name: 'a', optional: true };
  expect(goJson(artifact, 'Artifact')).toBe(
    '{"name":"a","raw":{"data":"x"},"globalName":"g","optional":true}',
  );
});

test('keys of maps are sorted, also in what has no type', () => {
  const hooks = { running: { template: 'b' }, exit: { template: 'a' } };
  expect(goJson({ withItems: [{ b: { d: 1, c: null }, a: [] }], hooks }, 'WorkflowStep')).toBe(
    '{"arguments":{},"withItems":[{"a":[],"b":{"c":null,"d":1}}],' +
      '"hooks":{"exit":{"template":"a","arguments":{}},"running":{"template":"b","arguments":{}}}}',
  );
});

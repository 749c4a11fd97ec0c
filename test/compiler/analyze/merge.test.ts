/** Defaults and referenced specs, merged as Argo merges them. */

import { expect, test } from 'vitest';
import { applyTemplateDefaults } from '../../../lib/argo/template-defaults.ts';
import { mergeWorkflowTemplateRef } from '../../../lib/argo/workflow-merge.ts';

test('defaults go under the template, those of other types nowhere', () => {
  const merged = applyTemplateDefaults(
    { name: 'a', container: { image: 'own', env: [{ name: 'X', value: '2' }] }, retryStrategy: {} },
    {
      name: 'defaults',
      timeout: '30s',
      retryStrategy: { limit: 2 },
      container: {
        image: 'default',
        command: ['sh'],
        env: [
          { name: 'X', value: '1' },
          { name: 'Y', value: '1' },
        ],
      },
      script: { image: 'python' },
      metadata: { labels: { a: 'b' } },
    },
  );
  expect(merged).toEqual({
    name: 'a',
    timeout: '30s',
    retryStrategy: { limit: 2 },
    container: {
      image: 'own',
      command: ['sh'],
      env: [
        { name: 'X', value: '2' },
        { name: 'Y', value: '1' },
      ],
    },
    metadata: { labels: { a: 'b' } },
  });
});

test('what was given is not changed', () => {
  const template = Object.freeze({ name: 'a', container: Object.freeze({ image: 'x' }) });
  const defaults = Object.freeze({ container: Object.freeze({ image: 'y', command: ['z'] }) });
  expect(applyTemplateDefaults(template, defaults).container).toEqual({ image: 'x', command: ['z'] });
  expect(applyTemplateDefaults(template, undefined)).toBe(template);
});

test('lists are merged by their key, in the order of strategic merge', () => {
  const merged = mergeWorkflowTemplateRef(
    {
      volumes: [
        { name: 'c', emptyDir: {} },
        { name: 'n', emptyDir: {} },
      ],
    },
    { volumes: [{ name: 'a' }, { name: 'c', hostPath: { path: '/c' } }, { name: 'd' }] },
  );
  expect(merged.volumes).toEqual([
    { name: 'a' },
    { name: 'c', hostPath: { path: '/c' }, emptyDir: {} },
    { name: 'n', emptyDir: {} },
    { name: 'd' },
  ]);
});

test('arguments, hooks and suspend follow rules of their own', () => {
  const merged = mergeWorkflowTemplateRef(
    {
      arguments: {
        parameters: [{ name: 'a', value: '1' }, { name: 'b' }],
        artifacts: [
          { name: 's', s3: { key: 'mine' } },
          { name: 'r', raw: { data: 'x' } },
        ],
      },
      hooks: { exit: { template: 'own' } },
      workflowMetadata: { labelsFrom: { x: { expression: '1' } } },
    },
    {
      entrypoint: 'main',
      suspend: true,
      arguments: {
        parameters: [
          { name: 'a', valueFrom: { supplied: {} }, default: '2' },
          { name: 'b', value: '3' },
        ],
        artifacts: [
          { name: 's', s3: { bucket: 'b', key: 'k' } },
          { name: 'r', s3: { key: 'k' } },
        ],
      },
      hooks: { exit: { template: 'theirs', expression: 'true' }, other: { template: 'o', expression: 'x' } },
      workflowMetadata: { labels: { l: '1' } },
    },
  );
  expect(merged).toEqual({
    entrypoint: 'main',
    arguments: {
      parameters: [
        { name: 'a', value: '1' },
        { name: 'b', value: '3' },
      ],
      artifacts: [
        { name: 's', s3: { bucket: 'b', key: 'mine' } },
        { name: 'r', raw: { data: 'x' } },
      ],
    },
    hooks: { exit: { template: 'own' }, other: { template: 'o', expression: 'x' } },
    workflowMetadata: { labels: { l: '1' }, labelsFrom: { x: { expression: '1' } } },
  });
});

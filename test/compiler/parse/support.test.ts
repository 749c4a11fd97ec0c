/** Every field of the schema has a verdict, and its types are closed. */

import { expect, test } from 'vitest';
import { schemaTypes } from '../../../lib/argo/schema.generated.ts';
import { allFields, verdictOf } from '../../../lib/argo/support.ts';

test('every field has a verdict', () => {
  expect(allFields().filter((field) => !verdictOf(field))).toEqual([]);
  expect(allFields().length).toBeGreaterThan(1000);
});

test('what is no field has none', () => {
  expect(verdictOf('Template.contaner')).toBeUndefined();
  expect(verdictOf('Nothing.name')).toBeUndefined();
  expect(verdictOf('Template.toString')).toBeUndefined();
});

test.each([
  ['Template.container', 'supported'],
  ['Template.plugin', 'refused'],
  ['WorkflowSpec.affinity', 'ignored'],
  ['WorkflowSpec.synchronization', 'mapped'],
  ['core.Container.image', 'supported'],
  ['core.Volume.iscsi', 'refused'],
] as const)('%s is %s', (field, kind) => {
  expect(verdictOf(field)?.kind).toBe(kind);
});

test('every type that a field names has a row', () => {
  const scalars = new Set([
    ...['string', 'boolean', 'integer', 'number', 'any', 'object', 'plugin', 'any-string', 'amount'],
    ...['int-or-string', 'quantity', 'time', 'bytes'],
  ]);
  const named = Object.values(schemaTypes).flatMap((fields) => Object.values(fields));
  const bare = named.map((type) => type.replace(/^(\[\]|\{\})+/, ''));
  expect(bare.filter((type) => !scalars.has(type) && !schemaTypes[type])).toEqual([]);
});

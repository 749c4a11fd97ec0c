/** What a resource template hands to kubectl and jq: found wrong before its object is made, not after. */
import type { Template } from '../../argo/template.ts';
import type { Collector } from '../../diagnostics/collector.ts';
import { ACTIONS, type Action, parseKubectlFlags } from '../../evaluate/resource/kubectl-flags.ts';
import { GoError } from '../../expression/go-error.ts';
import { checkJq } from '../../expression/jq/jq.ts';
import { checkJsonPath } from '../../expression/kubectl/jsonpath.ts';
import type { SpanIndex } from '../1-parse/spans.ts';

const TAG = /\{\{/;

export function checkClusterWords(template: Template, spans: SpanIndex, collector: Collector): void {
  const { resource } = template;
  if (resource === undefined) return;
  for (const { name, valueFrom } of template.outputs?.parameters ?? []) {
    for (const [way, check] of [
      ['jsonPath', checkJsonPath],
      ['jqFilter', checkJq],
    ] as const) {
      const text = valueFrom?.[way];
      if (valueFrom === undefined || !text || TAG.test(text)) continue;
      const why = faultOf(() => check(text));
      const message = `${way} of output "${name}" cannot be read: ${why}`;
      if (why !== undefined) collector.report('invalid-query', spans.of(valueFrom, way), message);
    }
  }
  const { action = '', flags = [] } = resource;
  if (!(ACTIONS as readonly string[]).includes(action) || flags.some((flag) => TAG.test(flag))) return;
  const why = faultOf(() => parseKubectlFlags(action as Action, flags))?.split('\n')[0];
  if (why !== undefined)
    collector.report(
      'refused-flag',
      spans.of(resource, 'flags'),
      `kubectl ${action}: ${why.replace(/^error: /, '')}`,
    );
}

function faultOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (error instanceof GoError) return error.message;
    throw error;
  }
}

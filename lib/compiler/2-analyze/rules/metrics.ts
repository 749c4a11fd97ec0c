/** Prometheus metrics of a template. `workflow/metrics/util.go`. */

import type { Prometheus } from '../../../argo/policy.ts';
import { type Called, report } from '../frame.ts';

const metricName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

export function checkMetrics(called: Called): void {
  for (const metric of called.template.metrics?.prometheus ?? []) checkMetric(called, metric);
}

function checkMetric({ frame, view }: Called, metric: Prometheus): void {
  const { spans } = frame;
  const fail = (object: object, key: string, message: string) =>
    report(frame, 'invalid-metric', spans.of(object, key), message);
  const name = view(metric.name ?? '');
  if (!metricName.test(name)) {
    fail(metric, 'name', `the metric "${metric.name ?? ''}" may hold letters, digits and "_" only`);
  }
  for (const label of metric.labels ?? []) {
    if (metricName.test(view(label.key ?? ''))) continue;
    fail(label, 'key', `the metric label "${label.key ?? ''}" may hold letters, digits and "_" only`);
  }
  if (!metric.help) fail(metric, 'name', `the metric "${metric.name ?? ''}" has no help text`);
  const { gauge } = metric;
  for (const type of ['gauge', 'counter', 'histogram'] as const) {
    const body = metric[type];
    if (body && !body.value) fail(metric, type, `the ${type} of metric "${metric.name ?? ''}" has no value`);
  }
  if (gauge?.realtime && gauge.value?.includes('resourcesDuration.')) {
    fail(gauge, 'value', 'resourcesDuration is known at the end only, and this gauge is realtime');
  }
}

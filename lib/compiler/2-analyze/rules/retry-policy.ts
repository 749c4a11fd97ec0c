/** The policy of a retryStrategy is one of four words. */

import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import { type Called, report } from '../frame.ts';

const policies = ['Always', 'OnFailure', 'OnError', 'OnTransientError'];

export function checkRetryPolicy({ frame, template }: Called): void {
  const policy: string | undefined = template.retryStrategy?.retryPolicy;
  if (!policy || policies.includes(policy)) return;
  const { hint = `use one of ${policies.join(', ')}` } = didYouMean(policy, policies);
  const span = frame.spans.of(template.retryStrategy!, 'retryPolicy');
  report(frame, 'unknown-policy', span, `"${policy}" is no retryPolicy`, { hint });
}

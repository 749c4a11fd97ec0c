/** The schedule of a CronWorkflow. `CronWorkflow` in `workflow/validate/validate.go`. */

import type { CronWorkflow } from '../../../argo/workflow.ts';
import { didYouMean } from '../../../diagnostics/did-you-mean.ts';
import { parseCronSchedule } from '../../../expression/cron/schedule.ts';
import { isKnownZone } from '../../../expression/go/time/zone.ts';
import { type Checker, report } from '../frame.ts';

const policies = ['Allow', 'Forbid', 'Replace'];

export function checkCron(checker: Checker, { spec }: CronWorkflow): void {
  const { spans } = checker;
  const { schedules, timezone, startingDeadlineSeconds } = spec;
  if (!schedules?.length) {
    const message = 'a CronWorkflow needs at least one schedule';
    report(checker, 'invalid-schedule', spans.key(spec, 'schedules'), message, {
      hint: 'add schedules: ["0 3 * * *"]',
    });
  }
  const isZoneKnown = !timezone || isKnownZone(timezone);
  if (!isZoneKnown) {
    const message = `"${timezone}" is no time zone`;
    const hint = 'use a name such as Europe/Berlin';
    report(checker, 'invalid-schedule', spans.of(spec, 'timezone'), message, { hint });
  }
  schedules?.forEach((schedule, index) => {
    const parsed = parseCronSchedule(schedule, isZoneKnown ? (timezone ?? '') : '');
    if (parsed.ok) return;
    const message = `the schedule "${schedule}" cannot be read: ${parsed.error}`;
    report(checker, 'invalid-schedule', spans.of(schedules, index), message);
  });
  const policy: string | undefined = spec.concurrencyPolicy;
  if (policy && !policies.includes(policy)) {
    const { hint = `use one of ${policies.join(', ')}` } = didYouMean(policy, policies);
    report(
      checker,
      'unknown-policy',
      spans.of(spec, 'concurrencyPolicy'),
      `"${policy}" is no concurrencyPolicy`,
      { hint },
    );
  }
  if (startingDeadlineSeconds !== undefined && startingDeadlineSeconds < 0) {
    const message = 'startingDeadlineSeconds cannot be negative';
    report(checker, 'invalid-schedule', spans.of(spec, 'startingDeadlineSeconds'), message);
  }
}

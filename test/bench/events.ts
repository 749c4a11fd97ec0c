/** Events, transitions and bytes that a leaf costs on AWS, over the workflows of test/cases. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { printStateMachine } from '../../lib/asl/print.ts';
import { prepared, simulate } from './runs.ts';

type Figure = readonly [name: string, value: number, unit: string, more: object];

interface Cost {
  readonly leaves: number;
  readonly staged: number;
  readonly events: number;
  readonly transitions: number;
  readonly bytes: number;
}

/** The folder lies beside the sources, whether they are bundled or not. */
function casesFolder(): string | undefined {
  const places = ['../test/cases', '../cases'].map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return places.find((place) => existsSync(place));
}

export async function eventFigures(): Promise<readonly Figure[]> {
  const folder = casesFolder();
  if (folder === undefined) return [];
  const costs: Cost[] = [];
  for (const name of readdirSync(folder)) {
    const cost = await costOf(readFileSync(join(folder, name, 'workflow.yaml'), 'utf8'));
    if (cost !== undefined && cost.leaves > 0) costs.push(cost);
  }
  const sum = (field: keyof Cost) => costs.reduce((all, one) => all + one[field], 0);
  const median = (field: keyof Cost) => {
    const each = costs.map((one) => one[field] / one.leaves).sort((a, b) => a - b);
    return each[Math.floor(each.length / 2)] ?? 0;
  };
  const more = { workflows: costs.length, attempts: sum('leaves') };
  return [
    [
      'events a started attempt',
      sum('events') / sum('leaves'),
      'events',
      { ...more, median: median('events') },
    ],
    [
      'transitions a started attempt',
      sum('transitions') / sum('leaves'),
      'transitions',
      { ...more, median: median('transitions') },
    ],
    ['share of attempts without a stage', 1 - sum('staged') / sum('leaves'), '', more],
    [
      'definition a started attempt',
      sum('bytes') / sum('leaves'),
      'bytes',
      { ...more, median: median('bytes') },
    ],
  ];
}

async function costOf(text: string): Promise<Cost | undefined> {
  const workflow = prepared(text);
  const { execution, children } = await simulate(workflow, []);
  const events = [...execution.events, ...children.flat()];
  const scheduled = events.flatMap(({ taskScheduledEventDetails: details }) =>
    details === undefined ? [] : [details],
  );
  return {
    leaves: scheduled.filter(({ resourceType }) => resourceType === 'ecs').length,
    staged: scheduled.filter(({ parameters }) => parameters.includes('"op":"stage"')).length,
    events: events.length,
    transitions: events.filter(({ type }) => type.endsWith('StateEntered')).length,
    bytes: Buffer.byteLength(printStateMachine(workflow.compiled.machine, 0)),
  };
}

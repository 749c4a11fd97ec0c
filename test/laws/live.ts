/** Runs a drawn workflow: each leaf ends as its fate says, and what really ran is written down. */

import type { Engine } from '../../lib/engines/engine.ts';
import { createMockEngine } from '../../lib/engines/mock-engine.ts';
import { fate, type Model, yamlOf } from './model.ts';
import {
  compileText,
  type Simulated,
  type Simulation,
  type Sleep,
  START,
  simulateCompiled,
} from './simulated-run.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Lived {
  readonly run: Simulated;
  /** Seconds since the start, for each time that a leaf really ran. */
  readonly ran: readonly (Span & { readonly node: string })[];
  /** The largest number of leaves at once. */
  readonly most: number;
}

/** Thrown in place of running a leaf. */
export type Accident = (node: string) => Error | undefined;

export interface Life extends Omit<Simulation, 'engine'> {
  readonly accident?: Accident;
  /** Characters that a machine may have. @default what AWS takes */
  readonly definitionSize?: number;
}

export async function live(model: Model, life: Life = {}): Promise<Lived> {
  const ran: (Span & { readonly node: string })[] = [];
  const running = new Set<string>();
  let most = 0;
  const engine = (mock: Engine, sleep: Sleep): Engine => ({
    ...mock,
    runTask: async (request) => {
      const { node } = request.spec;
      const accident = life.accident?.(node);
      if (accident !== undefined) throw accident;
      const { good, seconds } = fate(model, node);
      const start = (request.now() - START) / 1000;
      running.add(node);
      most = Math.max(most, running.size);
      const answer = { seconds, ...(good ? {} : { phase: model.bad }) };
      try {
        return await createMockEngine({ rules: [{ answers: [answer] }], sleep }).runTask(request);
      } finally {
        running.delete(node);
        ran.push({ node, start, end: (request.now() - START) / 1000 });
      }
    },
  });
  const compiled = compileText(yamlOf(model), {
    resume: life.earlier !== undefined,
    ...(life.definitionSize === undefined ? {} : { definitionSize: life.definitionSize }),
  });
  const run = await simulateCompiled(compiled, { ...life, engine });
  return { run, ran, most };
}

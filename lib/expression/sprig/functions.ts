/** The functions that Argo offers under `sprig.`, by name. */
import type { GoFunction } from '../values.ts';

/** Every sprig function that Argo exposes, callable as expr-lang calls it by reflection. */
export const sprigFunctions: ReadonlyMap<string, GoFunction> = new Map();

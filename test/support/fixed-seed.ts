/** In CI every property is tried on the same random inputs, so that a failure there can be repeated anywhere. */
import { configureGlobal } from 'fast-check';

if (process.env['CI']) configureGlobal({ seed: Number(process.env['ARGOSY_LAW_SEED'] ?? 20261123) });

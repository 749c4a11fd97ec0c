/** The functions that Argo offers under `sprig.`, by name. */
import type { GoFunction } from '../values.ts';
import { certificateFunctions } from './crypto/certificates.ts';
import { cryptoFunctions } from './crypto/crypto.ts';
import { randomFunctions } from './crypto/random.ts';
import { dateFunctions } from './dates.ts';
import { defaultFunctions } from './defaults.ts';
import { dictFunctions } from './dicts.ts';
import { listFunctions } from './lists.ts';
import { networkFunctions } from './network.ts';
import { numberFunctions } from './numbers.ts';
import { semverFunctions } from './semver/semver.ts';
import { encodingFunctions } from './text/encoding.ts';
import { pathFunctions } from './text/paths.ts';
import { regexFunctions } from './text/regexes.ts';
import { stringFunctions } from './text/strings.ts';
import { urlFunctions } from './text/urls.ts';

const all: readonly GoFunction[] = [
  ...certificateFunctions,
  ...cryptoFunctions,
  ...dateFunctions,
  ...defaultFunctions,
  ...dictFunctions,
  ...encodingFunctions,
  ...listFunctions,
  ...networkFunctions,
  ...numberFunctions,
  ...pathFunctions,
  ...randomFunctions,
  ...regexFunctions,
  ...semverFunctions,
  ...stringFunctions,
  ...urlFunctions,
];

/** Every sprig function that Argo exposes, callable as expr-lang calls it by reflection. */
export const sprigFunctions: ReadonlyMap<string, GoFunction> = new Map(all.map((each) => [each.name, each]));

/** Memoization: under which key of which cache a template's outputs are kept. */
import type { Bundle } from '../bundle.ts';
import { parseDuration } from './duration.ts';
import { type LeafSite, renderField } from './leaf-variables.ts';
import { failure, type Result, success } from './result.ts';

export interface Memo {
  readonly key: string;
  readonly cacheName: string;
  /** Older entries do not count. */
  readonly maxAgeMs?: number;
}

/** `workflow/controller/cache/cache.go` cacheKeyRegex. */
const keyPattern = /^[a-zA-Z0-9][-a-zA-Z0-9]*$/;
const typeLabel = 'workflows.argoproj.io/configmap-type';

/** Undefined for a template without `memoize`. The key is read once for all attempts of a template. */
export function memoOf(bundle: Bundle, template: string, site: LeafSite): Result<Memo | undefined> {
  const entry = bundle.templates[template];
  if (!entry?.template.memoize) return success(undefined);
  const rendered = renderField('memoize', bundle, entry, site);
  if (!rendered.ok) return rendered;
  const memoize = rendered.value;
  if (!memoize) return success(undefined);
  const cacheName = memoize.cache?.configMap?.name ?? '';
  if (!keyPattern.test(memoize.key)) return failure(`invalid cache key: ${memoize.key}`);
  const refused = refusedConfigMap(bundle, cacheName);
  if (refused !== undefined) return failure(refused);
  if (!memoize.maxAge) return success({ key: memoize.key, cacheName });
  const maxAge = parseDuration(memoize.maxAge);
  if (!maxAge.ok) return failure(`invalid maxAge: ${maxAge.error}`);
  return success({ key: memoize.key, cacheName, maxAgeMs: maxAge.value });
}

/** `configmap_cache.go` validateConfigmap: a ConfigMap that exists must say that it is a cache. */
function refusedConfigMap(bundle: Bundle, name: string): string | undefined {
  const configMap = bundle.configMaps[name];
  if (!configMap) return undefined;
  const label = configMap.labels[typeLabel];
  if (label === undefined) return `memoization configmap doesn't have ${typeLabel} label, refusing to use it`;
  if (label === 'Cache') return undefined;
  return `memoization configmap doesn't have label ${typeLabel} = Cache, refusing to use it`;
}

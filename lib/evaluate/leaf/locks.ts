/** The locks that a template or a run asks for, by Argo's names for them. */
import type { Mutex, SemaphoreRef, Synchronization } from '../../argo/policy.ts';
import { parseGoInt } from '../../expression/go/parse-number.ts';
import type { Bundle } from '../bundle.ts';
import { globalScope } from '../global-scope.ts';
import type { ScopeData } from '../requests.ts';
import { type Draft, expand, plain } from '../text.ts';
import { type LeafSite, renderField } from './leaf-variables.ts';
import { failure, type Result, success } from './result.ts';

/** Where a semaphore's limit stands; a ConfigMap's may change while the run goes on. */
export type LimitSource =
  | { readonly kind: 'configMap'; readonly name: string; readonly key: string; readonly limit: number }
  | { readonly kind: 'database'; readonly key: string };

export type Lock =
  | { readonly kind: 'mutex'; readonly name: string }
  | { readonly kind: 'semaphore'; readonly name: string; readonly limit: LimitSource };

/** The locks of a template, which are held over all its attempts. */
export function locksOf(bundle: Bundle, template: string, site: LeafSite): Result<readonly Lock[]> {
  const entry = bundle.templates[template];
  if (!entry?.template.synchronization) return success([]);
  const rendered = renderField('synchronization', bundle, entry, site);
  if (!rendered.ok) return rendered;
  return locksFrom(bundle, rendered.value ?? {}, site.run.namespace);
}

/** The locks of the run as a whole. */
export function runLocks(bundle: Bundle, site: Pick<ScopeData, 'run' | 'globals'>): Result<readonly Lock[]> {
  const { synchronization } = bundle.spec;
  if (!synchronization) return success([]);
  const draft = synchronization as unknown as Draft<Synchronization>;
  const rendered = expand<Synchronization>(draft, globalScope(bundle, site), 'none');
  if (!rendered.ok) return failure(rendered.error);
  return locksFrom(bundle, plain<Synchronization>(rendered.value), site.run.namespace);
}

/** `workflow/sync/syncitems.go` allSyncItems and `lock_name.go`: semaphores first, then mutexes. */
function locksFrom(bundle: Bundle, wanted: Synchronization, namespace: string): Result<readonly Lock[]> {
  const semaphores = wanted.semaphores ?? [];
  const mutexes = wanted.mutexes ?? [];
  if (hasDuplicates(semaphores) || hasDuplicates(mutexes))
    return invalid('duplicate synchronization item found');
  const locks: Lock[] = [];
  for (const semaphore of semaphores) {
    const lock = semaphoreLock(bundle, semaphore, namespace);
    if (!lock.ok) return lock;
    locks.push(lock.value);
  }
  for (const mutex of mutexes) locks.push(mutexLock(mutex, namespace));
  return success(locks);
}

function hasDuplicates(items: readonly object[]): boolean {
  const texts = items.map((item) =>
    JSON.stringify(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))),
  );
  return new Set(texts).size < texts.length;
}

function invalid(reason: string): Result<never> {
  return failure(`requested configuration is invalid: ${reason}`);
}

function mutexLock(mutex: Mutex, runNamespace: string): Lock {
  const namespace = mutex.namespace || runNamespace;
  return { kind: 'mutex', name: `${namespace}/${mutex.database ? 'Database' : 'Mutex'}/${mutex.name ?? ''}` };
}

function semaphoreLock(bundle: Bundle, semaphore: SemaphoreRef, runNamespace: string): Result<Lock> {
  const namespace = semaphore.namespace || runNamespace;
  const { configMapKeyRef, database } = semaphore;
  if (configMapKeyRef && database) return invalid('invalid semaphore with both ConfigMapKeyRef and Database');
  if (database) {
    const limit = { kind: 'database', key: `${namespace}/${database.key}` } as const;
    return success({ kind: 'semaphore', name: `${namespace}/Database/${database.key}`, limit });
  }
  if (!configMapKeyRef)
    return invalid('cannot get LockName for a Semaphore without a ConfigMapRef or Database');
  const source = configMapKeyRef.name ?? '';
  const { key } = configMapKeyRef;
  const name = `${namespace}/ConfigMap/${source}/${key}`;
  const limit = Number(parseGoInt(bundle.configMaps[source]?.data[key] ?? '') ?? 0n);
  // `semaphore.go`: a limit of 0 and one that cannot be read are the same fault.
  if (limit === 0) return failure(`failed to initialize semaphore ${name} with limit`);
  return success({ kind: 'semaphore', name, limit: { kind: 'configMap', name: source, key, limit } });
}

/** Clients that are loaded when they are first asked for: a function uses one or two of them, and starts the sooner. */

type Asked = (...given: readonly unknown[]) => Promise<unknown>;

/** Of functions that answer a promise. */
export function onDemand<T extends { readonly [K in keyof T]: (...given: never[]) => Promise<unknown> }>(
  load: () => Promise<T>,
): T {
  let loading: Promise<T> | undefined;
  const ask = (name: string): Asked => {
    return async (...given) => {
      loading ??= load();
      const loaded = (await loading) as unknown as Readonly<Record<string, Asked>>;
      return await loaded[name]?.(...given);
    };
  };
  // Whoever awaits the clients themselves asks whether they are a promise.
  return new Proxy({} as T, { get: (_, name) => (name === 'then' ? undefined : ask(String(name))) });
}

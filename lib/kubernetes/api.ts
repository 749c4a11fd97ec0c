/** A Kubernetes API server, as far as it is asked here. */

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, without a query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly accept?: string;
  /** @default application/json, where there is a body */
  readonly contentType?: string;
  readonly body?: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly body: string;
}

/** Rejects with a ConnectionError when there is no answer. */
export type KubernetesApi = (request: ApiRequest) => Promise<ApiResponse>;

/** The server could not be reached, or did not answer in time: worth another try. */
export interface ConnectionError extends Error {
  readonly name: 'ConnectionError';
}

export function connectionError(message: string): ConnectionError {
  return Object.assign(new Error(message), { name: 'ConnectionError' } as const);
}

export function isConnectionError(thrown: unknown): thrown is ConnectionError {
  return thrown instanceof Error && thrown.name === 'ConnectionError';
}

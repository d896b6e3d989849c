import { BASE_URL } from './base-url';

/** Why the server did not answer with what was asked for. Status 0: it could not be reached. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** GETs a path under the viewer's mount, such as `api/me`. Throws {@link RequestError}. */
export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await answer(path, { signal: signal ?? null, headers: { Accept: 'application/json' } })) as T;
}

/** POSTs to a path under the viewer's mount. The header shows the server that it was this page. Throws {@link RequestError}. */
export async function post<T>(path: string, body: object): Promise<T> {
  const headers = {
    Accept: 'application/json',
    'Content-Type': 'application/json',
    'X-Audit-Viewer': '1',
  };
  return (await answer(path, { method: 'POST', headers, body: JSON.stringify(body) })) as T;
}

async function answer(path: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(new URL(path, BASE_URL), { credentials: 'same-origin', ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new RequestError(0, 'NETWORK', 'The server cannot be reached.');
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok) throw refused(response.status, body);
  if (body === null) throw new RequestError(response.status, 'NO_JSON', 'The server answered with no JSON.');
  return body;
}

function refused(status: number, body: unknown): RequestError {
  const { error } = (body ?? {}) as { error?: { code?: unknown; message?: unknown } };
  const message = typeof error?.message === 'string' ? error.message : `The server answered ${status}.`;
  return new RequestError(status, typeof error?.code === 'string' ? error.code : '', message);
}

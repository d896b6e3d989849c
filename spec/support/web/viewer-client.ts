import { request } from 'node:http';
import type { Agent, IncomingHttpHeaders } from 'node:http';

import { addressOf } from './web-app';
import type { WebApp } from './web-app';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: Agent;
}

/** Sends a request just as it is: nothing normalises its path, and any header may be set. */
export function ask(
  app: WebApp,
  path: string,
  { method = 'GET', headers = {}, body, agent }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      addressOf(app.server),
      { method, path, headers, ...(agent ? { agent } : {}) },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The JSON of an answer to GET, which must be 200. */
export async function read<T>(app: WebApp, path: string, asked: Asked = {}): Promise<T> {
  const { status, text } = await ask(app, path, asked);
  if (status !== 200) throw new Error(`${path} was answered with ${status}: ${text}`);
  return JSON.parse(text) as T;
}

/** The error of an answer, and its status. */
export async function refusal(
  app: WebApp,
  path: string,
  asked: Asked = {},
): Promise<{ status: number; code: string; message: string }> {
  const { status, text } = await ask(app, path, asked);
  const { error } = JSON.parse(text) as { error: { code: string; message: string } };
  return { status, ...error };
}

/** What the viewer's own pages send beside a POST. */
export const OF_THE_PAGE = { 'content-type': 'application/json', 'x-audit-viewer': '1' };

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { messagePage } from '../../lib/viewer/answers';
import { MESSAGE_HEADERS } from '../../lib/viewer/headers';
import { halvesOf } from '../../lib/viewer/node-call';

const SECRET_BYTES = 32;
/** All that a page of this computer may be called by, with our port; other names have been made to lead here. */
const NAMES = ['127.0.0.1', 'localhost', '[::1]'];
const LOOK = 'Open the link that "audit ui" has printed in its terminal; it works once.';

/**
 * Lets in the one who has the link, which is whoever can read the terminal: other users of this computer reach the
 * port as well, and so does every page in a browser. The token of the link is good for one request, and is exchanged
 * for a cookie that is good until the command ends.
 */
export class Gate {
  /** Stands in the link. */
  readonly token = randomBytes(SECRET_BYTES).toString('base64url');
  private readonly session = randomBytes(SECRET_BYTES).toString('base64url');
  private isUsed = false;

  /** Whether the request may go on; if not, it has been answered. */
  admits(request: IncomingMessage, response: ServerResponse): boolean {
    const port = request.socket.localPort ?? 0;
    if (!NAMES.some((name) => request.headers.host === hostOf(name, port))) {
      refuse(response, 403, 'Not allowed', `This page is at http://127.0.0.1:${port} only.`);
      return false;
    }
    // Cookies do not tell ports apart.
    const cookie = `audit-ui-${port}`;
    const isKnown = cookiesOf(request).some(
      ([name, value]) => name === cookie && isSame(value, this.session),
    );
    const [path, search] = halvesOf(request.url ?? '/');
    const token = path === '/' ? new URLSearchParams(search).get('token') : null;
    if (token === null) {
      if (!isKnown) refuse(response, 401, 'Not signed in', LOOK);
      return isKnown;
    }
    if (isKnown || (request.method === 'GET' && this.takes(token))) {
      const kept = `${cookie}=${this.session}; HttpOnly; SameSite=Strict; Path=/`;
      response.writeHead(303, { ...MESSAGE_HEADERS, Location: './', 'Set-Cookie': kept }).end();
    } else if (isSame(token, this.token)) {
      refuse(response, 403, 'This link was used already', `${LOOK} Run "audit ui" again for another.`);
    } else {
      refuse(response, 403, 'This is not the link', LOOK);
    }
    return false;
  }

  private takes(token: string): boolean {
    if (this.isUsed || !isSame(token, this.token)) return false;
    this.isUsed = true;
    return true;
  }
}

/** As browsers say it: the usual port is left out. */
function hostOf(name: string, port: number): string {
  return port === 80 ? name : `${name}:${port}`;
}

function cookiesOf({ headers }: IncomingMessage): [name: string, value: string][] {
  return (headers.cookie ?? '').split(';').map((pair) => {
    const [name = '', ...value] = pair.trim().split('=');
    return [name, value.join('=')];
  });
}

/** In a time that tells nothing of where they differ, nor of their lengths. */
function isSame(given: string, secret: string): boolean {
  const [a, b] = [given, secret].map((text) => createHash('sha256').update(text).digest()) as [
    Buffer,
    Buffer,
  ];
  return timingSafeEqual(a, b);
}

function refuse(response: ServerResponse, status: number, title: string, message: string): void {
  response.writeHead(status, MESSAGE_HEADERS).end(messagePage(title, message));
}

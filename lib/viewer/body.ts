import type { IncomingMessage } from 'node:http';

import { Refusal } from './refusal';

const MOST_BYTES = 64 * 1024;

/** The JSON of a request's body, whether the application has parsed it or not. Throws a {@link Refusal} of 400 or 413. */
export async function readBody(request: IncomingMessage, parsed: unknown): Promise<unknown> {
  // Old body parsers leave an empty object where they have read nothing.
  if (parsed === undefined || parsed === null || !request.readableEnded) return parse(await bytesOf(request));
  return typeof parsed === 'string' || Buffer.isBuffer(parsed) ? parse(Buffer.from(parsed)) : parsed;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MOST_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  // Not `for await`, which would destroy the request, and the answer with it, when it is left early.
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      size += chunk.length;
      if (size <= MOST_BYTES) chunks.push(chunk);
      else {
        request.off('data', onData).resume();
        reject(tooLarge());
      }
    };
    request.on('data', onData);
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', () => reject(tooEarly()));
    request.once('close', () => reject(tooEarly()));
    if (request.readableEnded) resolve(Buffer.alloc(0));
    // Of a client that has left already no event tells.
    else if (request.destroyed) reject(tooEarly());
  });
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Refusal(400, 'BODY', 'The body is no JSON.');
  }
}

function tooEarly(): Refusal {
  return new Refusal(400, 'BODY', 'The body has ended too early.');
}

function tooLarge(): Refusal {
  // What is still on its way is not waited for.
  return new Refusal(413, 'TOO_LARGE', `The body may have ${MOST_BYTES / 1024} KiB.`, {
    Connection: 'close',
  });
}

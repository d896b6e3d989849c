import type { ViewerAnswer } from './call';
import { DATA_HEADERS, MESSAGE_HEADERS } from './headers';
import type { Refusal } from './refusal';

/** Without a character that begins a tag, whatever the values hold: a browser that guesses at types finds no HTML in it. */
export function jsonText(document: unknown): string {
  return JSON.stringify(document).replace(/[<>&\u2028\u2029]/g, escapedCharacter);
}

function escapedCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

export function jsonAnswer(document: unknown, status = 200): ViewerAnswer {
  return answer(status, DATA_HEADERS, jsonText(document));
}

/** A refusal for programs, or for people. */
export function refusalAnswer(
  { status, code, message, headers }: Refusal,
  form: 'json' | 'page',
): ViewerAnswer {
  return form === 'json'
    ? answer(status, { ...DATA_HEADERS, ...headers }, jsonText({ error: { code, message } }))
    : answer(
        status,
        { ...MESSAGE_HEADERS, ...headers },
        messagePage(TITLES[status] ?? 'Not answered', message),
      );
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Not understood',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not possible',
  500: 'Something failed',
  503: 'No answer',
};

/** A page that needs nothing else. */
export function messagePage(title: string, message: string): string {
  return (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">' +
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">' +
    `<title>${escapedText(title)}</title></head>\n` +
    `<body><h1>${escapedText(title)}</h1>\n<p>${escapedText(message)}</p></body></html>\n`
  );
}

export function answer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer,
): ViewerAnswer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  // 304 has no body, and its length would be that of another.
  if (status === 304) return { status, headers, body: bytes };
  return { status, headers: { ...headers, 'Content-Length': String(bytes.length) }, body: bytes };
}

function escapedText(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

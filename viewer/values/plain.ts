import { byteSize, count } from './numbers';
import { storedOf } from './stored';
import type { Stored } from './stored';

const INDENT = '  ';
const PREVIEWED_BYTES = 32;

/**
 * A value as text for people: strings as they are, everything else as JSON with two spaces of indentation, in which
 * what JSON cannot hold stands between angle brackets. It is the text that values are shown and compared in.
 */
export function plainText(value: unknown): string {
  const stored = storedOf(value);
  return stored.kind === 'text' ? stored.text : printed(stored, '');
}

/** Whether a value is more than one piece: then it is worth laying out over lines. */
export function isStructure(value: unknown): boolean {
  const stored = storedOf(value);
  if ('entries' in stored) return stored.entries.length > 0;
  return 'items' in stored && stored.items.length > 0;
}

function printed(stored: Stored, indent: string): string {
  switch (stored.kind) {
    case 'missing':
      return '';
    case 'null':
      return 'null';
    case 'masked':
      return '<redacted>';
    case 'boolean':
    case 'number':
      return stored.text;
    case 'text':
      return JSON.stringify(stored.text);
    case 'list':
      return wrapped('[', stored.items.map(inside(indent)), ']', indent);
    case 'set':
      return wrapped('<set> [', stored.items.map(inside(indent)), ']', indent);
    case 'object':
      return wrapped('{', stored.entries.map(property(indent)), '}', indent);
    case 'map':
      return wrapped('<map> {', stored.entries.map(association(indent)), '}', indent);
    case 'bytes':
      return `<${byteSize(stored.size)}: ${hexOf(stored.base64)}>`;
    case 'cut':
      return `<${cutNote(stored)}, begins with ${JSON.stringify(stored.begins)}>`;
    case 'note':
      return `<${stored.text}>`;
  }
}

/** What is known of a value that was too long to keep. */
export function cutNote(stored: Extract<Stored, { kind: 'cut' }>): string {
  const size = stored.of === 'buffer' ? byteSize(stored.length) : `${count(stored.length)} characters`;
  return `cut, was ${size}, SHA-256 ${stored.sha256}`;
}

/** The first bytes in hexadecimal. */
export function hexOf(base64: string): string {
  let bytes: string;
  try {
    bytes = atob(base64.slice(0, Math.ceil((PREVIEWED_BYTES * 4) / 3 / 4) * 4));
  } catch {
    return 'no base64';
  }
  const hex = [...bytes.slice(0, PREVIEWED_BYTES)].map((byte) =>
    byte.charCodeAt(0).toString(16).padStart(2, '0'),
  );
  const isAll = base64.length <= Math.ceil(PREVIEWED_BYTES / 3) * 4 && bytes.length <= PREVIEWED_BYTES;
  return hex.join(' ') + (isAll ? '' : ' …');
}

function inside(indent: string): (value: unknown) => string {
  return (value) => printed(storedOf(value), indent + INDENT);
}

function property(indent: string): (entry: readonly [unknown, unknown]) => string {
  return ([key, value]) => `${JSON.stringify(keyText(key))}: ${inside(indent)(value)}`;
}

function association(indent: string): (entry: readonly [unknown, unknown]) => string {
  return ([key, value]) => `${inside(indent)(key)} => ${inside(indent)(value)}`;
}

/** The key of an object; one with characters that databases refuse is tagged itself. */
export function keyText(key: unknown): string {
  const stored = storedOf(key);
  return stored.kind === 'text' ? stored.text : printed(stored, '');
}

function wrapped(open: string, parts: readonly string[], close: string, indent: string): string {
  if (parts.length === 0) return open + close;
  const lines = parts.map((part) => `\n${indent}${INDENT}${part}`);
  return `${open}${lines.join(',')}\n${indent}${close}`;
}

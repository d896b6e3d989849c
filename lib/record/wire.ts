import { formatTimestamp } from './clock';
import { escapeJson, escapeText, unescapeField } from './escapes';
import type { AuditRecord } from './record';
import { encodeValues } from './values';

/**
 * The wire form: a record is encoded once, at capture, as one line of PostgreSQL's COPY text format
 * (tab-separated, `\N` for null, backslash escapes), and stays so through journal, stream and rescue
 * file. The PostgreSQL writer streams the bytes as they are; the others split them. Measured against
 * JSON, a worker spends a seventh of the time on a record (ARCHITECTURE.md, "The wire form").
 */
export const WIRE_VERSION = 1;

/** The columns of a line, which are those of the table, in order. */
export const COLUMNS = [
  'id',
  'event',
  'auditable_type',
  'auditable_id',
  'parent_type',
  'parent_id',
  'user_type',
  'user_id',
  'url',
  'ip_address',
  'user_agent',
  'request_id',
  'transaction_id',
  'tags',
  'context',
  'old_values',
  'new_values',
  'created_at',
  'schema_version',
] as const;

export type Row = (string | null)[];

const NULL = '\\N';
/** Caps for texts that come from outside: a hostile user agent must not make a row unwritable. */
const CAPS = { name: 255, short: 1024, url: 8192 } as const;

/** What a cap leaves of a character that lies across it. */
const HALF = /[\ud800-\udbff]$/;

/** Encodes a record as one line, ending with a newline. Never throws. */
export function encodeLine(record: AuditRecord): string {
  return stampLine(record.id, encodeFields(record), record.createdAt);
}

/** What stands between a record's id and its time. Never throws. */
export function encodeFields(record: Omit<AuditRecord, 'id' | 'createdAt'>): string {
  return (
    `${text(record.event, CAPS.name)}\t${text(record.auditableType, CAPS.name)}\t` +
    `${text(record.auditableId, CAPS.name)}\t${text(record.parentType, CAPS.name)}\t${text(record.parentId, CAPS.name)}\t` +
    `${text(record.userType, CAPS.name)}\t${text(record.userId, CAPS.name)}\t` +
    `${text(record.url, CAPS.url)}\t${text(record.ipAddress, CAPS.name)}\t${text(record.userAgent, CAPS.short)}\t` +
    `${text(record.requestId, CAPS.name)}\t${text(record.transactionId, CAPS.name)}\t` +
    `${record.tags === null ? NULL : jsonList(record.tags)}\t${json(record.context)}\t` +
    `${json(record.oldValues)}\t${json(record.newValues)}`
  );
}

/** A whole line, of its fields and what was left out of them; the time in microseconds. */
export function stampLine(id: string, fields: string, createdAt: number): string {
  return `${id}\t${fields}\t${formatTimestamp(createdAt)}\t${WIRE_VERSION}\n`;
}

/** The values of one line (without its newline). */
export function decodeLine(line: string): Row {
  const fields: Row = line.split('\t');
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i] as string;
    if (field === NULL) fields[i] = null;
    else fields[i] = unescapeField(field);
  }
  return fields;
}

function text(value: string | null, cap: number): string {
  if (value === null) return NULL;
  const capped = value.length > cap ? `${value.slice(0, cap - 1).replace(HALF, '')}…` : value;
  return escapeText(capped);
}

function json(values: AuditRecord['newValues']): string {
  return values === null ? NULL : escapeJson(encodeValues(values));
}

function jsonList(tags: readonly string[]): string {
  const encoded = encodeValues({ tags });
  return escapeJson(encoded.slice('{"tags":'.length, -1));
}

import { formatTimestamp } from './clock';
import { escapeJson, escapeText, unescapeField } from './escapes';
import type { AuditRecord } from './record';
import { encodeValues } from './values';
import type { Values } from './values';

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
  return stampLine(record.id, fieldsEncoder(record)(record), record.createdAt);
}

type OwnFields = Pick<AuditRecord, 'auditableId' | 'parentId' | 'oldValues' | 'newValues'>;
/** What the records of one write have in common. */
export type SharedFields = Omit<AuditRecord, 'id' | 'createdAt' | keyof OwnFields>;

/**
 * Encodes what stands between a record's id and its time, for many records: what they have in common once, and new
 * values that are the very same as those before them not again. Never throws, nor does what it returns.
 */
export function fieldsEncoder(shared: SharedFields): (own: OwnFields) => string {
  const what = `${text(shared.event, CAPS.name)}\t${text(shared.auditableType, CAPS.name)}`;
  const parentType = text(shared.parentType, CAPS.name);
  const context =
    `${text(shared.userType, CAPS.name)}\t${text(shared.userId, CAPS.name)}\t` +
    `${text(shared.url, CAPS.url)}\t${text(shared.ipAddress, CAPS.name)}\t${text(shared.userAgent, CAPS.short)}\t` +
    `${text(shared.requestId, CAPS.name)}\t${text(shared.transactionId, CAPS.name)}\t` +
    `${shared.tags === null ? NULL : jsonList(shared.tags)}\t${json(shared.context)}`;
  let latest: Values | null = null;
  let latestText = NULL;
  return ({ auditableId, parentId, oldValues, newValues }) => {
    if (newValues !== latest) {
      latest = newValues;
      latestText = json(newValues);
    }
    return (
      `${what}\t${text(auditableId, CAPS.name)}\t${parentType}\t${text(parentId, CAPS.name)}\t` +
      `${context}\t${json(oldValues)}\t${latestText}`
    );
  };
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

function json(values: Values | null): string {
  return values === null ? NULL : escapeJson(encodeValues(values));
}

function jsonList(tags: readonly string[]): string {
  const encoded = encodeValues({ tags });
  return escapeJson(encoded.slice('{"tags":'.length, -1));
}

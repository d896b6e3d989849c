import { isBinary } from './columns';
import type { ColumnType, Dialect } from './columns';
import { plainDecimal } from './decimal';
import { plainInstant, plainTime, trailInstant } from './times';

/**
 * What a value of an attribute is, whichever way it came, as one canonical text: two values are the same if
 * and only if these are. Written from the documentation of the trail, apart from the product's own idea.
 */
export interface Form {
  /** From the exact text of the server. null for a JSON null, which the trail does not tell from NULL. */
  fromServer(text: string): string | null;
  /** From the trail. Throws if the value does not have the documented form. */
  fromTrail(value: unknown): string;
}

const integer: Form = {
  fromServer: (text) => BigInt(text).toString(),
  fromTrail: (value) => {
    if (!Number.isInteger(value)) throw wrong(value, 'an integer');
    return String(value);
  },
};

const bigInteger: Form = {
  fromServer: (text) => BigInt(text).toString(),
  fromTrail: (value) => BigInt(matching(value, /^-?\d+$/, 'a string of digits')).toString(),
};

const decimal: Form = {
  fromServer: plainDecimal,
  fromTrail: (value) => plainDecimal(matching(value, /^(-?\d+(\.\d+)?|NaN|-?Infinity)$/, 'a plain decimal')),
};

/** SQLite keeps 64-bit integers exactly, and everything else of type DECIMAL as a double. */
const asSqliteKeeps = (text: string): string =>
  plainDecimal(/^-?\d{1,18}$/.test(text) ? text : String(Number(text)));
const sqliteDecimal: Form = {
  fromServer: asSqliteKeeps,
  fromTrail: (value) => asSqliteKeeps(matching(value, /^-?\d+(\.\d+)?$/, 'a plain decimal')),
};

const double: Form = {
  fromServer: (text) => plainNumber(serverNumber(text)),
  fromTrail: (value) => {
    if (typeof value !== 'number') throw wrong(value, 'a number');
    return plainNumber(value);
  },
};

const single: Form = {
  fromServer: (text) => plainNumber(Math.fround(serverNumber(text))),
  fromTrail: (value) => plainNumber(Math.fround(Number(double.fromTrail(value)))),
};

const truth: Form = {
  fromServer: (text) => String(text === '1' || text === 'true'),
  fromTrail: (value) => {
    if (typeof value !== 'boolean') throw wrong(value, 'true or false');
    return String(value);
  },
};

const text: Form = { fromServer: (value) => value, fromTrail: (value) => matching(value, /^/, 'a string') };

const padded: Form = {
  fromServer: (value) => value.trimEnd(),
  fromTrail: (value) => text.fromTrail(value).trimEnd(),
};

const instant: Form = { fromServer: plainInstant, fromTrail: trailInstant };

const time: Form = {
  fromServer: plainTime,
  fromTrail: (value) => plainTime(matching(value, /^-?\d+:\d\d:\d\d(\.\d*[1-9])?$/, 'HH:MM:SS')),
};

const bytes: Form = {
  fromServer: (hex) => hex,
  fromTrail: (value) => {
    if (!Buffer.isBuffer(value)) throw wrong(value, 'a Buffer');
    return value.toString('hex');
  },
};

const json: Form = {
  fromServer: (value) => (value.trim() === 'null' ? null : sortedJson(JSON.parse(value))),
  fromTrail: sortedJson,
};

function array(element: Form): Form {
  const items = (all: readonly unknown[], form: (item: string) => string | null): string =>
    JSON.stringify(all.map((item) => (item === null ? null : form(item as string))));
  return {
    fromServer: (value) => items(JSON.parse(value) as unknown[], (item) => element.fromServer(item)),
    fromTrail: (value) =>
      items(list(value), (item) =>
        Array.isArray(item) ? array(element).fromTrail(item) : element.fromTrail(item),
      ),
  };
}

interface ServerRange {
  readonly isEmpty: boolean;
  readonly lower: string | null;
  readonly upper: string | null;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
}
type Bound = { value: unknown; inclusive: boolean } | undefined;

function range(element: Form): Form {
  return {
    fromServer: (value) => {
      const { isEmpty, lower, upper, lowerInclusive, upperInclusive } = JSON.parse(value) as ServerRange;
      const bound = (of: string | null, inclusive: boolean): unknown =>
        of === null ? null : [element.fromServer(of), inclusive];
      return JSON.stringify(isEmpty ? [] : [bound(lower, lowerInclusive), bound(upper, upperInclusive)]);
    },
    fromTrail: (value) => {
      const bounds = list(value) as Bound[];
      return JSON.stringify(
        bounds.map((bound) =>
          bound?.value === null || bound?.value === undefined || Math.abs(Number(bound.value)) === Infinity
            ? null
            : [element.fromTrail(bound.value), bound.inclusive],
        ),
      );
    },
  };
}

/** By what Sequelize calls the element. */
const RANGE_ELEMENTS: Record<string, Form> = {
  INTEGER: integer,
  BIGINT: bigInteger,
  DECIMAL: decimal,
  DATE: instant,
  DATEONLY: text,
};

const FORMS: Record<string, Form> = {
  INTEGER: integer,
  SMALLINT: integer,
  TINYINT: integer,
  MEDIUMINT: integer,
  BIGINT: bigInteger,
  FLOAT: double,
  REAL: double,
  'DOUBLE PRECISION': double,
  BOOLEAN: truth,
  CHAR: padded,
  DATE: instant,
  TIME: time,
  BLOB: bytes,
  JSON: json,
  JSONB: json,
  HSTORE: json,
  GEOMETRY: json,
  GEOGRAPHY: json,
};

export function formOf(type: ColumnType, dialect: Dialect): Form {
  const { key } = type;
  if (isBinary(type, dialect)) return bytes;
  if (key === 'DECIMAL') return dialect === 'sqlite' ? sqliteDecimal : decimal;
  if ((key === 'FLOAT' && dialect === 'mysql') || (key === 'REAL' && dialect === 'postgres')) return single;
  if (key === 'ARRAY' && type.type) return array(formOf(type.type, dialect));
  if (key === 'RANGE') return range(RANGE_ELEMENTS[type._subtype ?? ''] ?? text);
  return FORMS[key] ?? text;
}

function serverNumber(value: string): number {
  if (/inf/i.test(value)) return value.startsWith('-') ? -Infinity : Infinity;
  return Number(value);
}

/** Without the sign of a zero, which the servers do not all keep. */
function plainNumber(value: number): string {
  return String(value === 0 ? 0 : value);
}

/** JSON with the keys of all objects in order. */
function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw wrong(value, 'an array');
  return value;
}

function matching(value: unknown, pattern: RegExp, what: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) throw wrong(value, what);
  return value;
}

function wrong(value: unknown, what: string): Error {
  return new Error(`it should be ${what}, is ${typeof value} ${JSON.stringify(value)}`);
}

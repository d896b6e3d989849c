import { isBinary, quoted } from './columns';
import type { Column, ColumnType, Dialect } from './columns';

/**
 * An SQL expression for a whole row as a JSON object of hexadecimal texts: by column, the bytes of a blob,
 * else the UTF-8 of the exact text of the value, null for NULL. Hexadecimal, so that no server's idea of
 * JSON, number or escape comes between the value and the spec.
 */
export function rowAsText(columns: readonly Column[], dialect: Dialect, row: string): string {
  const make = { postgres: 'json_build_object', mysql: 'JSON_OBJECT', sqlite: 'json_object' }[dialect];
  const pairs = columns.map(({ field, type }) => {
    const column = `${row}${quoted(field, dialect)}`;
    return `'${field}', ${HEXADECIMAL[dialect](column, type)}`;
  });
  return `${make}(${pairs.join(', ')})`;
}

/** One row of {@link rowAsText}, by column: blobs stay hexadecimal (in lower case), all else is text again. */
export function readRow(
  json: string,
  columns: readonly Column[],
  dialect: Dialect,
): Record<string, string | null> {
  const row = JSON.parse(json) as Record<string, string | null>;
  return Object.fromEntries(
    columns.map(({ attribute, field, type }) => {
      const hex = row[field];
      if (hex === undefined) throw new Error(`The oracle's row has no column "${field}": ${json}`);
      if (hex === null) return [attribute, null];
      return [
        attribute,
        isBinary(type, dialect) ? hex.toLowerCase() : Buffer.from(hex, 'hex').toString('utf8'),
      ];
    }),
  );
}

const HEXADECIMAL: Record<Dialect, (column: string, type: ColumnType) => string> = {
  postgres: (column, type) =>
    isBinary(type, 'postgres')
      ? `encode(${column}, 'hex')`
      : `encode(convert_to(${postgresText(column, type)}, 'UTF8'), 'hex')`,
  mysql: (column, type) =>
    isBinary(type, 'mysql') ? `HEX(${column})` : `HEX(CONVERT(${mysqlText(column, type)} USING utf8mb4))`,
  // hex(NULL) is the empty string there.
  sqlite: (column) =>
    `CASE typeof(${column}) WHEN 'null' THEN NULL ` +
    // A cast of a number to text keeps 15 digits.
    `WHEN 'real' THEN hex(printf('%!.17g', ${column})) ELSE hex(CAST(${column} AS BLOB)) END`,
};

function postgresText(column: string, { key }: ColumnType): string {
  switch (key) {
    case 'DATE':
      return (
        `CASE WHEN isfinite(${column}) ` +
        `THEN to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') ELSE ${column}::text END`
      );
    case 'INET':
      // As text it has a mask, which it does not show when it is read.
      return `abbrev(${column})`;
    case 'ARRAY':
      return `to_jsonb(${column}::text[])::text`;
    case 'RANGE':
      return (
        `CASE WHEN ${column} IS NULL THEN NULL ELSE json_build_object('isEmpty', isempty(${column}), ` +
        `'lower', lower(${column})::text, 'lowerInclusive', lower_inc(${column}), ` +
        `'upper', upper(${column})::text, 'upperInclusive', upper_inc(${column}))::text END`
      );
    case 'HSTORE':
      return `hstore_to_json(${column})::text`;
    case 'GEOMETRY':
    case 'GEOGRAPHY':
      return `ST_AsGeoJSON(${column})`;
    default:
      return `${column}::text`;
  }
}

function mysqlText(column: string, { key }: ColumnType): string {
  switch (key) {
    case 'DATE':
      return `DATE_FORMAT(${column}, '%Y-%m-%dT%H:%i:%s.%fZ')`;
    case 'FLOAT':
      // Single precision as text has six digits; as double precision it is exact.
      return `CAST(${column} AS DOUBLE)`;
    case 'GEOMETRY':
      return `ST_AsGeoJSON(${column})`;
    default:
      return column;
  }
}

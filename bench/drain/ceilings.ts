import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

import { decodeLine, COLUMNS } from '../../lib/record/wire';
import type { Row } from '../../lib/record/wire';
import { CHECKPOINT_PAGES } from '../../lib/storage/file-writer';
import { withConnection } from './connection';
import type { Contender } from './contender';
import { close } from './home';
import type { Home } from './home';
import { batchesOf, pieces } from './records';

const names = COLUMNS.join(', ');
const CREATED_AT = COLUMNS.indexOf('created_at');
const JSONB = ['tags', 'context', 'old_values', 'new_values'];
const TYPES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(JSONB.map((column) => [column, 'jsonb'])),
  id: 'uuid',
  created_at: 'timestamptz',
  schema_version: 'smallint',
};

/** What the driver for the database does at its best with the same rows, which lie ready in memory, in batches of the size that a worker has by default; each is committed. */
export function ceilingsOf(home: Home): Contender[] {
  switch (home.database) {
    case 'postgres':
      return [copy(home), unnest(home)];
    case 'sqlite':
      return [jsonEachOnce(home), jsonEach(home)];
    default:
      return [batch(home)];
  }
}

function copy(home: Home): Contender {
  return ceiling<Client, Buffer>(home, 'COPY', {
    batches: (lines, size) => batchesOf(lines, size).map((each) => each.lines),
    write: (client, lines) =>
      new Promise((resolve, reject) => {
        const stream = client.query(copyFrom(`COPY audits (${names}) FROM STDIN`));
        stream.once('error', reject);
        stream.once('finish', resolve);
        stream.end(lines);
      }),
  });
}

function unnest(home: Home): Contender {
  const columns = COLUMNS.map((column, index) => `$${index + 1}::${TYPES[column] ?? 'text'}[]`);
  const sql = `INSERT INTO audits (${names}) SELECT * FROM unnest(${columns.join(', ')}) ON CONFLICT (id) DO NOTHING`;
  return ceiling<Client, Row[]>(home, 'INSERT … FROM unnest', {
    batches: (lines, size) =>
      rowBatches(lines, size).map((rows) => COLUMNS.map((_, index) => rows.map((row) => row[index] ?? null))),
    write: (client, arrays) => client.query(sql, arrays),
  });
}

function batch(home: Home): Contender {
  const sql = `INSERT INTO audits (${names}) VALUES (${COLUMNS.map(() => '?').join(', ')})`;
  return ceiling<{ batch(sql: string, rows: Row[]): Promise<unknown> }, Row[]>(home, 'batch()', {
    batches: (lines, size) => rowBatches(lines, size, (time) => time.slice(0, 26)),
    write: (connection, rows) => connection.batch(sql, rows),
  });
}

/**
 * As in our writer: the LIMIT, with a WHERE outside, keeps SQLite from writing each record's text anew for each column,
 * and what is in the WAL goes into the file a quarter as often as SQLite would by itself.
 */
function jsonEachOnce(home: Home): Contender {
  const rows = '(SELECT value FROM json_each(?) LIMIT -1) WHERE true';
  return fromJson(
    home,
    'INSERT … FROM json_each, LIMIT',
    rows,
    `PRAGMA wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  );
}

function jsonEach(home: Home): Contender {
  return fromJson(home, 'INSERT … FROM json_each', 'json_each(?)');
}

function fromJson(home: Home, name: string, rows: string, setting?: string): Contender {
  const values = COLUMNS.map((_, index) => `json_extract(value, '$[${index}]')`).join(', ');
  const sql = `INSERT INTO audits (${names}) SELECT ${values} FROM ${rows}`;
  interface Connection {
    run(sql: string, values: unknown[], done: (error: Error | null) => void): void;
  }
  const run = (connection: Connection, statement: string, parameters: string[]): Promise<void> =>
    new Promise((resolve, reject) => {
      connection.run(statement, parameters, (error) => (error ? reject(error) : resolve()));
    });
  return ceiling<Connection, string>(home, name, {
    begin: (connection) => (setting === undefined ? Promise.resolve() : run(connection, setting, [])),
    batches: (lines, size) =>
      rowBatches(lines, size, (time) => `${time.slice(0, 26)} +00:00`).map((batch) => JSON.stringify(batch)),
    write: (connection, json) => run(connection, sql, [json]),
  });
}

function ceiling<Connection, Rows>(
  home: Home,
  name: string,
  way: {
    readonly batches: (lines: readonly string[], size: number) => Rows[];
    readonly begin?: (connection: Connection) => Promise<unknown>;
    readonly write: (connection: Connection, rows: Rows) => Promise<unknown>;
  },
): Contender {
  const trail = home.open({});
  let ready: Rows[] = [];
  return {
    name,
    kind: 'ceiling',
    connections: 1,
    share: 1,
    trail,
    prepare(count) {
      ready = way.batches(home.lines.slice(0, count), trail.settings.batchSize);
      return Promise.resolve();
    },
    run: () =>
      withConnection<Connection>(trail.database.sequelize, async (connection) => {
        await way.begin?.(connection);
        for (const rows of ready) await way.write(connection, rows);
      }),
    close: () => close(trail),
  };
}

/** `timeOf` gives a time the form that the database takes. */
function rowBatches(
  lines: readonly string[],
  size: number,
  timeOf = (time: string): string => time,
): Row[][] {
  const rows = lines.map((line) => {
    const row = decodeLine(line.trimEnd());
    row[CREATED_AT] = timeOf(row[CREATED_AT] as string);
    return row;
  });
  return pieces(rows, size);
}

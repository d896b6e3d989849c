import { queryRows, writeRaw } from '../../adapter/sql';
import type { RawRow } from '../../adapter/sql';
import { inTransaction } from './own-transaction';
import { PIECE } from './pieces';
import { imagesOf, oldColumns, partsOf, returnedColumns, returnedOf } from './returning-statement';
import type { Returned, ReturningStatement } from './returning-statement';
import type { WriteCall } from './write-call';

let stages = 0;

/**
 * The same one statement for very many rows: what it returns goes into a temporary table, and is read from there
 * in parts. In several statements, one part of the rows could meet constraints, or a subquery of the condition,
 * as the parts before have left them. Undefined where no temporary table may be made.
 */
export function writeStaged(call: WriteCall, statement: ReturningStatement): Promise<Returned | undefined> {
  return inTransaction(call, async (within) => {
    if (!(await mayStage(within))) return undefined;
    const { sequelize, sql, readOptions } = within;
    const stage = `audit__stage_${process.pid}_${++stages}`;
    const run = (text: string): Promise<RawRow[]> => queryRows(sequelize, text, readOptions);
    const table = sql.table(within.table);
    await run(
      `CREATE TEMPORARY TABLE ${stage} ON COMMIT DROP AS SELECT ${returnedColumns(within, statement).join(', ')} ` +
        `FROM ${table}, (SELECT ${oldColumns(within, statement.columns).join(', ')} FROM ${table} LIMIT 0) audit__o LIMIT 0`,
    );
    const { before, write, bind } = partsOf(within, statement);
    const query = `WITH ${before}, audit__n AS (${write}) INSERT INTO ${stage} SELECT * FROM audit__n`;
    await writeRaw(sequelize, { query, bind }, within.options, within.transaction);
    const sum = { count: 0, rows: [] as RawRow[] };
    await run(`DECLARE ${stage}_rows NO SCROLL CURSOR FOR SELECT * FROM ${stage}`);
    for (let rows = await run(`FETCH ${PIECE} FROM ${stage}_rows`); rows.length > 0;) {
      within.recordRows(imagesOf(within, statement, rows));
      sum.count += rows.length;
      sum.rows.push(...returnedOf(statement, rows));
      rows = await run(`FETCH ${PIECE} FROM ${stage}_rows`);
    }
    await run(`CLOSE ${stage}_rows`);
    await run(`DROP TABLE ${stage}`);
    return sum;
  });
}

async function mayStage({ sequelize, readOptions }: WriteCall): Promise<boolean> {
  const text = `SELECT has_database_privilege(current_database(), 'TEMPORARY') AS may`;
  const [row] = await queryRows(sequelize, text, readOptions);
  return row?.['may'] === true;
}

import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Sequelize, Transaction } from 'sequelize';

import { newFolder } from '../../spec/support/servers/run-folder';
import type { FaultyDatabase } from './contract';
import { refusalBy } from './refusal';

/** A file of its own; unless the driver is `sync` the trail is in another beside it. */
export function openSqlite(isInOneFile: boolean): FaultyDatabase {
  const folder = newFolder('sqlite');
  const url = `sqlite:${path.join(folder, 'items.sqlite')}`;
  const trail = isInOneFile ? url : `sqlite:${path.join(folder, 'items.audits.sqlite')}`;
  const run = async (work: (sequelize: Sequelize) => Promise<unknown>): Promise<void> => {
    const sequelize = new Sequelize(trail, { logging: false, retry: { match: [/SQLITE_BUSY/], max: 100 } });
    try {
      await work(sequelize);
    } finally {
      await sequelize.close();
    }
  };
  const runAll = (...statements: string[]): Promise<void> =>
    run(async (sequelize) => {
      for (const statement of statements) await sequelize.query(statement);
    });
  return {
    url,
    runOnTrail: runAll,
    refuseRecords: (oneOf) =>
      runAll(
        ...refusalBy(
          oneOf,
          // Keys end with a number.
          `CREATE TRIGGER refused BEFORE INSERT ON audits
                 WHEN CAST(substr(NEW.auditable_id, instr(NEW.auditable_id, '-') + 1) AS INTEGER) % ${oneOf} = 0
               BEGIN SELECT RAISE(ABORT, 'refused'); END`,
        ),
      ),
    lockTrail: (milliseconds) =>
      run((sequelize) =>
        sequelize.transaction({ type: Transaction.TYPES.IMMEDIATE }, () => delay(milliseconds)),
      ),
    // The folder goes with all others at the end.
    drop: () => Promise.resolve(),
  };
}

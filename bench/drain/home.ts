import { Sequelize } from 'sequelize';
import type { Options } from 'sequelize';

import { configureAudit } from '../../lib';
import type { AuditOptions, AuditTrail } from '../../lib';
import type { AuditRecord } from '../../lib/record/record';
import type { Bench } from '../part';
import { ALARM } from '../support/alarm';
import type { DatabaseName } from '../support/servers';
import { linesOf, makeRecords } from './records';

/** The records that all contenders store, and the one table that all of them store them in. */
export class Home {
  readonly lines: readonly string[];

  private constructor(
    readonly bench: Bench,
    readonly database: DatabaseName,
    readonly records: readonly AuditRecord[],
    private readonly options: Options,
  ) {
    this.lines = linesOf(records);
  }

  static async create(bench: Bench, database: DatabaseName, count: number): Promise<Home> {
    const { options } = await bench.servers.createDatabase(database);
    const home = new Home(bench, database, makeRecords(count), options);
    const trail = home.open({});
    await trail.migrate();
    await close(trail);
    return home;
  }

  /** A trail that stores into the table, with a buffer of its own. */
  open(settings: AuditOptions): AuditTrail {
    const sequelize = new Sequelize({ ...this.options, pool: { max: 10, idle: 3_600_000 } });
    const dir = this.bench.servers.folder();
    return configureAudit(sequelize, { ...settings, dir, logger: ALARM });
  }
}

/** Closes a trail of {@link Home.open}, and its instance. */
export async function close(trail: AuditTrail): Promise<void> {
  await trail.close();
  await trail.sequelize.close();
}

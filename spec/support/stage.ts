import { expect } from 'chai';
import { QueryTypes } from 'sequelize';
import type { Model, ModelAttributes, ModelStatic, Options, Sequelize } from 'sequelize';

import type { Audit, AuditOptions } from '../../lib';
import { quotedTable } from './oracle/columns';
import { expectTrail } from './oracle/expect-trail';
import type { ExpectTrailOptions } from './oracle/expect-trail';
import { expectedRecord } from './oracle/expected';
import { changesBetween, Oracle } from './oracle/oracle';
import type { Change, Row } from './oracle/oracle';
import { createWorld, DATABASES } from './world';
import type { DatabaseName, World } from './world';

export type Models = Record<string, ModelStatic<Model>>;

/** How many records of each event there should be. */
export type Counts = Partial<Record<'created' | 'updated' | 'deleted' | 'restored', number>>;

export interface StageOptions {
  readonly driver?: AuditOptions['driver'];
  readonly databases?: readonly DatabaseName[];
  readonly sequelize?: Options;
  /** Another class of Sequelize, such as that of sequelize-typescript. */
  readonly Application?: new (options: Options) => Sequelize;
  /** What has to be there before the tables. */
  readonly prepare?: (sequelize: Sequelize) => Promise<unknown> | undefined;
}

/**
 * Describes a family of operations on every database. `define` makes the models, those of joins included;
 * what is audited of them has an oracle. One database serves all specs of the family, emptied before each.
 */
export function onEveryDatabase<M extends Models>(
  family: string,
  define: (sequelize: Sequelize) => M,
  specs: (stage: Stage<M>) => void,
  options: StageOptions = {},
): void {
  for (const database of options.databases ?? DATABASES) {
    describe(`${family} on ${database}`, () => {
      const stage = new Stage(database, define, options);
      before(() => stage.open());
      beforeEach(() => stage.empty());
      specs(stage);
      // After what the specs themselves have to tidy up.
      after(() => stage.close());
    });
  }
}

/** A world with models and an oracle. */
export class Stage<M extends Models> {
  private opened: { world: World; models: M; oracle: Oracle } | undefined;

  constructor(
    readonly database: DatabaseName,
    private readonly define: (sequelize: Sequelize) => M,
    private readonly options: StageOptions = {},
  ) {}

  async open(): Promise<void> {
    const world = await createWorld(
      this.database,
      { driver: this.options.driver ?? 'embedded' },
      this.options.sequelize,
      this.options.Application,
    );
    await this.options.prepare?.(world.sequelize);
    const models = this.define(world.sequelize);
    await world.sequelize.sync();
    for (const model of Object.values(models)) await createIfDerived(world.sequelize, model);
    const audited = Object.values(models).filter(isAudited);
    this.opened = { world, models, oracle: await Oracle.install(world.sequelize, audited) };
  }

  async close(): Promise<void> {
    await this.opened?.world.dispose();
  }

  get world(): World {
    return this.there.world;
  }

  get models(): M {
    return this.there.models;
  }

  get oracle(): Oracle {
    return this.there.oracle;
  }

  get sequelize(): Sequelize {
    return this.world.sequelize;
  }

  /** Empties the tables behind everyone's back, and forgets what the trail and the oracle know. */
  async empty(): Promise<void> {
    const { sequelize, models, oracle, world } = { ...this.there, sequelize: this.sequelize };
    const all = new Set([...Object.values(sequelize.models), ...Object.values(models)]);
    await emptyTables(sequelize, [...new Set([...all].map((model) => quotedTable(model)))]);
    await oracle.clear();
    await world.stored();
    await world.trail.Audit.destroy({ where: {} });
  }

  /**
   * Compares the trail with what the database saw since the spec began. `counts` is what the spec itself
   * expects, so that a spec in which nothing happens cannot pass; `whatever` for one that looks at something
   * else in the first place. Returns the records.
   */
  async check(counts: Counts | 'whatever', options?: ExpectTrailOptions): Promise<Audit[]> {
    return this.compare(await this.oracle.changes(), counts, options);
  }

  /**
   * The same for changes for which no triggers fire: the tables are dumped before and after `work`.
   * What happened before it is compared as well, with the help of the triggers.
   */
  async checkByDump(counts: Counts, work: () => Promise<unknown>): Promise<Audit[]> {
    const audited = Object.values(this.models).filter(isAudited);
    const dumps = (): Promise<Row[][]> => Promise.all(audited.map((model) => this.oracle.dump(model)));
    const [earlier, before] = [await this.oracle.changes(), await dumps()];
    await work();
    const after = await dumps();
    const changes = audited.flatMap((model, index) => changesBetween(model, before[index]!, after[index]!));
    return this.compare([...earlier, ...changes], counts);
  }

  private async compare(
    changes: readonly Change[],
    counts: Counts | 'whatever',
    options?: ExpectTrailOptions,
  ): Promise<Audit[]> {
    if (counts !== 'whatever') expect(countsOf(changes), 'what the database saw').to.deep.equal(counts);
    const audits = await this.world.stored();
    expectTrail(audits, changes, options);
    return audits;
  }

  private get there(): { world: World; models: M; oracle: Oracle } {
    if (!this.opened) throw new Error('The stage is opened before the specs.');
    return this.opened;
  }
}

function isAudited(model: ModelStatic<Model>): boolean {
  return 'getAudits' in model.prototype;
}

/** `sync()` does not know what `schema()` made, and on SQLite takes its table for that of the first model. */
async function createIfDerived(sequelize: Sequelize, model: ModelStatic<Model>): Promise<void> {
  if (Object.values(sequelize.models).includes(model)) return;
  await sequelize
    .getQueryInterface()
    .createTable(model.getTableName(), model.getAttributes() as ModelAttributes);
}

function countsOf(changes: readonly Change[]): Counts {
  const counts: Counts = {};
  for (const change of changes) {
    const event = expectedRecord(change)?.event;
    if (event) counts[event] = (counts[event] ?? 0) + 1;
  }
  return counts;
}

async function emptyTables(sequelize: Sequelize, tables: readonly string[]): Promise<void> {
  // A family may have many tables, and a spec uses few of them.
  const asked = tables.map((table, index) => `EXISTS (SELECT 1 FROM ${table}) AS t${index}`);
  const [found] = await sequelize.query<Record<string, unknown>>(`SELECT ${asked.join(', ')}`, {
    type: QueryTypes.SELECT,
  });
  const full = tables.filter((_table, index) => Boolean(found?.[`t${index}`]));
  if (full.length === 0) return;
  const dialect = sequelize.getDialect();
  if (dialect === 'postgres') {
    await sequelize.query(`TRUNCATE ${full.join(', ')} RESTART IDENTITY CASCADE`);
    return;
  }
  const checks = (on: 0 | 1): string =>
    dialect === 'sqlite' ? `PRAGMA foreign_keys = ${on}` : `SET FOREIGN_KEY_CHECKS = ${on}`;
  const inOrder = async (options: object): Promise<void> => {
    for (const sql of [checks(0), ...full.map((table) => `DELETE FROM ${table}`), checks(1)]) {
      await sequelize.query(sql, options);
    }
  };
  // SQLite's pragma is void within a transaction, and MariaDB's setting belongs to one connection.
  if (dialect === 'sqlite') await inOrder({});
  else await sequelize.transaction((transaction) => inOrder({ transaction }));
}

import { randomInt } from 'node:crypto';

import { DataTypes, QueryTypes, Sequelize } from 'sequelize';

import { configureAudit, withAudit } from '../../lib';
import type { AuditTrail } from '../../lib';
import { Batch } from '../../lib/record/batch';
import { encodeLine } from '../../lib/record/wire';
import { BatchWriter } from '../../lib/storage/batch-writer';
import type { TestDatabase } from '../../spec/support/servers';
import type { Bench } from '../part';
import { fillAudits, RECORDS_A_PRODUCT } from './filled-audits';
import { updateRecord } from './update-record';

const DAY_MS = 86_400_000;

export interface FilledTrailOptions {
  /** To how many rows it will be filled. */
  readonly rows: number;
  /** How old the first row is; the last one of all is of now, and all times between have as many. */
  readonly days: number;
  /** The most that it writes through at once. */
  readonly connections: number;
}

/** A database on PostgreSQL with a trail of many rows, which are filled in step by step. */
export class FilledTrail {
  rows = 0;
  private readonly beganAt: number;
  private readonly stepMs: number;
  private readonly sequelize: Sequelize;
  private readonly trail: AuditTrail;
  private readonly writer: BatchWriter;
  private readonly findAudits: (product: number) => Promise<readonly unknown[]>;

  private constructor(
    private readonly database: TestDatabase,
    { rows, days, connections }: FilledTrailOptions,
  ) {
    this.beganAt = Date.now() - days * DAY_MS;
    this.stepMs = (days * DAY_MS) / rows;
    const pool = { max: connections, idle: 3_600_000 };
    this.sequelize = new Sequelize(database.url, { logging: false, pool });
    this.trail = configureAudit(this.sequelize, { driver: 'sync' });
    this.writer = new BatchWriter(this.trail.database);
    const Product = withAudit(
      this.sequelize.define('Product', { id: { type: DataTypes.INTEGER, primaryKey: true } }),
    );
    this.findAudits = (id) => Product.build({ id }, { isNewRecord: false }).getAudits();
  }

  static async create({ servers }: Bench, options: FilledTrailOptions): Promise<FilledTrail> {
    const created = new FilledTrail(await servers.createPostgres(), options);
    await created.trail.migrate();
    return created;
  }

  get url(): string {
    return this.database.url;
  }

  private get products(): number {
    return this.rows / RECORDS_A_PRODUCT;
  }

  /** Until it has so many rows; resolves to the seconds it took. */
  async fill(rows: number, update: (done: number) => void = () => undefined): Promise<number> {
    const startedAt = performance.now();
    const { beganAt, stepMs } = this;
    await fillAudits(this.sequelize, { from: this.rows, to: rows, beganAt, stepMs }, update);
    this.rows = rows;
    return (performance.now() - startedAt) / 1_000;
  }

  /** A write as the worker's, of records of products from all over the table. */
  batchWrite(records: number): () => Promise<unknown> {
    const lines = Array.from({ length: records }, () => encodeLine(updateRecord(randomInt(this.products))));
    const batch = Batch.fromLines(lines);
    return () => this.writer.write(batch);
  }

  /** Any product's records are asked for. */
  read(): () => Promise<void> {
    const product = randomInt(this.products);
    return async () => {
      const audits = await this.findAudits(product);
      if (audits.length < RECORDS_A_PRODUCT)
        throw new Error(`Product ${product} has ${audits.length} records.`);
    };
  }

  /** Of the table and its indexes. */
  async bytes(): Promise<number> {
    const [size] = await this.sequelize.query<{ bytes: string }>(
      "SELECT pg_total_relation_size('audits') AS bytes",
      { type: QueryTypes.SELECT },
    );
    return Number(size?.bytes);
  }

  async drop(): Promise<void> {
    await this.trail.close();
    await this.sequelize.close();
    await this.database.drop();
  }
}

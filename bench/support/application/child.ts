/** The application: some users who change rows without a pause, while what happens around it is told as phases. */
import { DataTypes, Sequelize } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import type { Audited } from './audited';
import { Meter } from './meter';
import type { PhaseReport } from './report';
import { endWithRun, partFromRun, tellRun } from '../run-link';

/** What the application is told at its start; the settings of the trail are in the environment. */
export interface ApplicationTask {
  readonly databaseUrl: string;
  readonly isAudited: boolean;
  /** Whether the worker is a thread of the application. */
  readonly inThread: boolean;
}

/** Later, a phase that begins, or the end. */
export type Order = { readonly begin: string } | 'end';

export type Told =
  /** With the folder of its journal, if it is audited. */
  | { readonly kind: 'ready'; readonly journal: string | undefined }
  | { readonly kind: 'phase'; readonly report: PhaseReport | undefined; readonly acknowledged: number }
  | { readonly kind: 'ended'; readonly acknowledged: number; readonly errors: readonly string[] };

const USERS = 8;
/** One write of so many is one of several rows. */
const BULK_EVERY = 25;
const BULK_ROWS = 20;
const DESCRIPTION =
  'A product like many others, with a description of about a hundred characters, as most have it.';

class Application {
  acknowledged = 0;
  readonly errors: string[] = [];
  private meter: Meter | undefined;
  private isEnding = false;
  private serial = 0;
  private readonly users: Promise<void>[] = [];

  constructor(private readonly products: ModelStatic<Model>) {}

  begin(phase: string): PhaseReport | undefined {
    const report = this.meter?.end();
    this.meter = new Meter(phase);
    while (this.users.length < USERS) this.users.push(this.live());
    return report;
  }

  async end(): Promise<PhaseReport | undefined> {
    const report = this.meter?.end();
    this.isEnding = true;
    await Promise.all(this.users);
    return report;
  }

  private async live(): Promise<void> {
    let product: Model | undefined;
    for (let turn = 1; !this.isEnding; turn++) {
      const startedAt = performance.now();
      try {
        if (turn % BULK_EVERY === 0) await this.createMany();
        else if (!product || turn % 4 === 1) product = await this.create();
        else await this.update(product);
        this.meter?.wrote(performance.now() - startedAt);
      } catch (error) {
        this.errors.push(String(error));
      }
    }
  }

  private async create(): Promise<Model> {
    const product = await this.products.create(this.values());
    this.acknowledged++;
    return product;
  }

  private async update(product: Model): Promise<void> {
    const number = ++this.serial;
    await product.update({ name: `Product ${number}`, stock: number });
    this.acknowledged++;
  }

  private async createMany(): Promise<void> {
    await this.products.bulkCreate(Array.from({ length: BULK_ROWS }, () => this.values()));
    this.acknowledged += BULK_ROWS;
  }

  private values(): Record<string, unknown> {
    const number = ++this.serial;
    return { name: `Product ${number}`, description: DESCRIPTION, stock: number };
  }
}

const tell: (told: Told) => void = tellRun;

endWithRun();

async function main(task: ApplicationTask): Promise<void> {
  const sequelize = new Sequelize(task.databaseUrl, {
    logging: false,
    pool: { max: USERS, idle: 3_600_000 },
  });
  const products = sequelize.define('Product', {
    name: DataTypes.STRING(80),
    description: DataTypes.TEXT,
    stock: DataTypes.INTEGER,
  });
  await products.sync();
  const audited = task.isAudited ? await auditedBy(sequelize, products, task) : undefined;
  const application = new Application(products);

  process.on('message', (order: Order) => {
    if (order !== 'end') {
      const report = application.begin(order.begin);
      tell({ kind: 'phase', report, acknowledged: application.acknowledged });
      return;
    }
    void application.end().then(async (report) => {
      tell({ kind: 'phase', report, acknowledged: application.acknowledged });
      await audited?.close();
      await sequelize.close();
      const { acknowledged, errors } = application;
      tell({ kind: 'ended', acknowledged, errors: errors.slice(0, 10) });
      partFromRun();
    });
  });
  tell({ kind: 'ready', journal: audited?.journal });
}

async function auditedBy(
  sequelize: Sequelize,
  products: ModelStatic<Model>,
  task: ApplicationTask,
): Promise<Audited> {
  const { audit } = await import('./audited.js');
  return audit(sequelize, products, task);
}

void main(JSON.parse(process.argv[2] ?? '') as ApplicationTask);

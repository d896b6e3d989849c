/** The application: changes rows at a steady pace, and remembers when each change was acknowledged. */
import { Sequelize } from 'sequelize';

import { configureAudit, startAuditWorker, withAudit } from '../../lib';
import { changedValues, defineModels, productValues } from '../capture/models';
import { times } from '../capture/operation';
import { now } from '../support/clock';
import { atPace } from '../support/pace';
import { endWithRun, partFromRun, tellRun } from '../support/run-link';

/** What the application is told at its start; the settings of the trail are in the environment. */
export interface ApplicationTask {
  readonly databaseUrl: string;
  /** Whether the worker is a thread of the application. */
  readonly inThread: boolean;
  readonly changes: number;
  readonly perSecond: number;
}

export type Told =
  | { readonly kind: 'ready' }
  /** Milliseconds since 1970. */
  | { readonly kind: 'began'; readonly at: number }
  /** When each change was acknowledged, on the clock of all processes. */
  | { readonly kind: 'done'; readonly acknowledgedAt: readonly number[] };

export type Order = 'begin' | 'end';

const ROWS = 1_000;
const CONNECTIONS = 20;

const tell: (told: Told) => void = tellRun;

endWithRun();

async function main(task: ApplicationTask): Promise<void> {
  const pool = { max: CONNECTIONS, idle: 3_600_000 };
  const sequelize = new Sequelize(task.databaseUrl, { logging: false, pool });
  const { Product } = defineModels(sequelize);
  await Product.sync();
  await Product.bulkCreate(times(ROWS, () => ({ ...productValues(), stock: -1 })));
  const products = await Product.findAll();
  const trail = configureAudit(sequelize);
  withAudit(Product);
  const worker = task.inThread ? await startAuditWorker() : undefined;

  const acknowledgedAt: number[] = [];
  const change = async (serial: number): Promise<void> => {
    // By the stock the records are told apart.
    await products[serial % ROWS]?.update({ ...changedValues(), stock: serial });
    acknowledgedAt[serial] = now();
  };
  const obey = async (order: Order): Promise<void> => {
    if (order === 'begin') {
      tell({ kind: 'began', at: Date.now() });
      await atPace(task.changes, task.perSecond, change);
      tell({ kind: 'done', acknowledgedAt });
      return;
    }
    partFromRun();
    await worker?.stop();
    await trail.close();
    await sequelize.close();
  };
  process.on('message', (order: Order) => void obey(order));
  tell({ kind: 'ready' });
}

void main(JSON.parse(process.argv[2] ?? '') as ApplicationTask);

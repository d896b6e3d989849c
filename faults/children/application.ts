/**
 * The application: some users who change rows without a pause, and a ledger of what they were told. It goes on
 * until SIGTERM, and through errors: an application does not end because its database is away.
 */
import { setTimeout as delay } from 'node:timers/promises';

import { Sequelize } from 'sequelize';

import { configureAudit, runWithAuditContext, withAudit } from '../../lib';
import { listenForEarlyErrors } from '../../lib/adapter/early-errors';
import { Ledger } from '../ledger';
import { Random } from '../../spec/support/random/prng';
import { hostileContext } from './hostile-context';
import { defineItems } from './items';
import { Lane } from './lane';

/** What the application is told, as JSON in its first argument; all else is in the environment. */
export interface ApplicationTask {
  /** Begins its keys: no other process has the same. */
  readonly life: string;
  readonly databaseUrl: string;
  readonly ledger: string;
  readonly lanes: number;
  readonly seed: number;
  readonly durability: 'journal' | 'strict';
  /** What is said of each change; nothing by default. */
  readonly context?: 'hostile' | undefined;
  /** It ends by itself after so many changes; 0 means never. */
  readonly changes: number;
}

const AFTER_ERROR_MS = 25;
/** A user thinks for a moment: the processes that are to be killed need some of the machine as well. */
const THINKING_MS = 4;
const TOLD_EVERY_MS = 20;

async function main(task: ApplicationTask): Promise<void> {
  const sequelize = new Sequelize(task.databaseUrl, {
    logging: false,
    pool: { max: task.lanes + 1, acquire: 20_000 },
  });
  // The processes that are to be killed are killed by us, not by a connection that ended before Sequelize looked.
  listenForEarlyErrors(sequelize);
  const trail = configureAudit(sequelize);
  const items = defineItems(sequelize);
  withAudit(items, { durability: task.durability });
  const ledger = new Ledger(task.ledger);
  let isEnding = false;
  let acknowledged = 0;
  process.once('SIGTERM', () => (isEnding = true));
  const tell = setInterval(() => process.send?.({ acknowledged }), TOLD_EVERY_MS);

  const live = async (number: number): Promise<void> => {
    const name = `${task.life}.${number}`;
    const random = new Random(task.seed * 1_000 + number);
    const lane = new Lane(name, items, ledger, random);
    const step = (): Promise<number> =>
      task.context === 'hostile'
        ? runWithAuditContext(hostileContext(random), () => lane.step())
        : lane.step();
    while (!isEnding && (task.changes === 0 || acknowledged < task.changes)) {
      try {
        acknowledged += await step();
        await delay(THINKING_MS);
      } catch {
        await delay(AFTER_ERROR_MS);
      }
    }
  };
  await Promise.all(Array.from({ length: task.lanes }, (_, number) => live(number)));
  clearInterval(tell);
  process.send?.({ acknowledged });
  ledger.close();
  await trail.close();
  await sequelize.close().catch(() => undefined);
  process.disconnect?.();
}

void main(JSON.parse(process.argv[2] ?? '') as ApplicationTask);

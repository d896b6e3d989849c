import { Sequelize } from 'sequelize';

import { configureAudit } from '../lib';
import { Arena } from './arena';
import type { Game, Servers } from './game';
import { readLedger } from './ledger';
import { judge } from './oracle';
import type { Verdict } from './oracle';

/** What came of a run. */
export interface Match extends Verdict {
  /** How often each fault was done. */
  readonly faults: ReadonlyMap<string, number>;
  /** From the end of the last fault until all was in the table. */
  readonly drainMs: number;
}

/** Runs a scenario once, and compares. What it has started is gone afterwards, servers apart. */
export async function play(servers: Servers, game: Game): Promise<Match> {
  const arena = await Arena.open(servers, game);
  try {
    await arena.startApplication();
    await game.scenario.run(arena);
    const healedAt = performance.now();
    await arena.heal();
    const drainMs = performance.now() - healedAt;
    return { ...(await verdictOn(arena)), faults: arena.faults, drainMs };
  } catch (error) {
    const { scenario, database, driver, seed } = game;
    const what = `Scenario "${scenario.name}", ${database}, driver ${driver}, seed ${seed}, could not be run.`;
    throw new Error(what, { cause: error });
  } finally {
    await arena.close();
  }
}

async function verdictOn({ database, driver, auditDirectory, ledger }: Arena): Promise<Verdict> {
  const application = new Sequelize(database.url, { logging: false });
  const trail = configureAudit(application, {
    // Of SQLite's files, the one that the driver has filled.
    driver: driver === 'sync' ? 'sync' : 'embedded',
    dir: auditDirectory,
    logLevel: 'silent',
  });
  try {
    return await judge(await readLedger(ledger), application, trail);
  } finally {
    await trail.close();
    await application.close();
  }
}

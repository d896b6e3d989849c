import { randomUUID } from 'node:crypto';
import os from 'node:os';

import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import { Migrator } from '../../lib/storage/migrator';
import { Retention } from '../../lib/storage/retention';
import { Tasks } from '../../lib/storage/tasks';
import type { ExitStatus } from '../failure';
import { driverOption, examples, parseAmount } from '../options';
import { records } from '../output';
import { withProgress } from '../progress';
import { withTrail } from '../session';
import type { Session } from '../session';
import { stopSignal } from '../signals';

interface PruneOptions {
  days?: number;
  dryRun?: boolean;
}

/** `audit prune`: deletes old records, now rather than at the worker's next time. */
export function addPrune(program: Command): void {
  program
    .command('prune')
    .description('Delete records older than the retention time, in small batches.')
    .option('--days <n>', 'keep the records of so many days; default AUDIT_PRUNE_DAYS or 90', parseAmount)
    .option('--dry-run', 'only count')
    .addOption(driverOption())
    .addHelpText('after', examples('audit prune --dry-run', 'audit prune --days 365'))
    .action(
      withTrail<PruneOptions>(prune, {
        settings: ({ days }) => (days === undefined ? {} : { pruneDays: days }),
      }),
    );
}

async function prune({ trail, options, output }: Session<PruneOptions>): Promise<ExitStatus> {
  const { database, settings } = trail;
  const { pruneDays: days } = settings;
  const dryRun = options.dryRun === true;
  if (days === 0) {
    const nothing = { days, before: null, dryRun, pruned: 0, remaining: 0 };
    output.result(nothing, () => 'Records are kept for ever (0 days): nothing to prune.');
    return 0;
  }
  await new Migrator(database).assertMigrated();
  const before = Retention.cutoff(days);
  const retention = new Retention(database);
  const total = await retention.count(before);
  const pruned = dryRun ? 0 : await pruneExclusively(trail, retention, { before, total, output });
  const remaining = Math.max(0, total - pruned);
  output.result({ days, before, dryRun, pruned, remaining }, () =>
    dryRun
      ? `${records(total)} older than ${days} days would be deleted from ${database.describe()}.`
      : `Deleted ${records(pruned)} older than ${days} days${remaining > 0 ? `; stopped, ${records(remaining)} remain` : ''}.`,
  );
  return remaining === 0 || dryRun ? 0 : 1;
}

/** With the lease that workers take for their scheduled pruning; their schedule stays as it is. */
async function pruneExclusively(
  { database }: Session<PruneOptions>['trail'],
  retention: Retention,
  { before, total, output }: { before: Date; total: number; output: Session<PruneOptions>['output'] },
): Promise<number> {
  const stop = stopSignal();
  const tasks = new Tasks(database, `${os.hostname()}:${process.pid}:${randomUUID()}`);
  let pruned = 0;
  const ran = await tasks.runExclusively('prune', undefined, (alive) =>
    withProgress('Pruning', total, output, async (update) => {
      pruned = await retention.prune({
        before,
        onBatch: async (deleted) => {
          update(deleted);
          return !stop.aborted && (await alive());
        },
      });
    }),
  );
  if (ran) return pruned;
  throw new AuditError(
    'AUDIT_WORKER_STATE',
    'Another replica prunes now: a worker, or another "audit prune".',
  );
}

import type { Command } from 'commander';

import { directoriesOf } from '../../lib/buffer/directories';
import { redisKeys } from '../../lib/buffer/redis/connection';
import type { Settings } from '../../lib/config';
import { AuditError } from '../../lib/errors';
import { AuditWorker } from '../../lib/worker/audit-worker';
import type { WorkerStats } from '../../lib/worker/audit-worker';
import { reportFailure } from '../failure';
import type { ExitStatus } from '../failure';
import { dirOption, driverOption, examples, parseAmount, redisOption } from '../options';
import { records } from '../output';
import { withTrail } from '../session';
import type { Session } from '../session';
import { stopSignal, whenAborted } from '../signals';

/** After the grace time, until a worker that waits for a server's answer is ended without it. */
const OVERTIME_MS = 5_000;

interface WorkOptions {
  drain?: boolean;
  grace: number;
}

/** `audit work`: a worker in a process of its own. */
export function addWork(program: Command): void {
  program
    .command('work')
    .description('Store what was recorded, until SIGTERM or Ctrl+C. Run as many as you like.')
    .option('--drain', 'end when the buffer is empty; while the database is down, that is not yet')
    .option('--grace <seconds>', 'time to finish what is claimed when asked to stop', parseAmount, 10)
    .addOption(driverOption())
    .addOption(dirOption())
    .addOption(redisOption())
    .addHelpText(
      'after',
      examples(
        'audit work',
        'audit work --drain --json',
        'audit work --redis redis://localhost:6379 --url postgres://localhost/shop',
      ) +
        '\n\nA second signal ends the worker at once, with status 1. Nothing is lost by that.' +
        '\nWith --json the counts are printed at the end.',
    )
    .action(withTrail<WorkOptions>(work, { logLevel: 'info' }));
}

async function work({ trail, options, output }: Session<WorkOptions>): Promise<ExitStatus> {
  trail.assertUsable();
  const stop = stopSignal();
  const worker = new AuditWorker(trail);
  const graceMs = options.grace * 1000;
  const onStop = (): void => {
    output.note(
      `Finishing what is claimed, for ${options.grace} seconds at most. Another signal ends it at once.`,
    );
    setTimeout(() => process.exit(reportFailure(noAnswer(), output)), graceMs + OVERTIME_MS).unref();
    void worker.stop({ graceMs, drain: false });
  };
  stop.addEventListener('abort', onStop, { once: true });
  // With driver `sync` there is nothing but schedules, and those alone keep no process alive.
  const alive = setInterval(() => undefined, 2 ** 30);
  try {
    await worker.start();
    output.note(beginning(trail.settings));
    if (options.drain && !stop.aborted) await worker.drain();
    else await whenAborted(stop);
  } finally {
    clearInterval(alive);
    await worker.stop({ graceMs, drain: options.drain ?? false });
  }
  const stats = await worker.stats();
  output.result(stats, () => summary(stats));
  return options.drain && stop.aborted ? 1 : 0;
}

function noAnswer(): AuditError {
  const message =
    'The worker waits for a server that gives no answer, and ends without it. What it had claimed comes again.';
  return new AuditError('AUDIT_DATABASE', message);
}

function beginning(settings: Settings): string {
  switch (settings.driver) {
    case 'sync':
      return 'With driver "sync" there are no records to take: only scheduled pruning and recovery will run.';
    case 'embedded':
      return `Taking records from the journal ${directoriesOf(settings.dir).journal}.`;
    case 'redis':
      return `Taking records from the Redis stream ${redisKeys(settings.redisKey).stream}.`;
  }
}

function summary(stats: WorkerStats): string {
  const others = (['duplicates', 'rescued', 'recovered', 'buried', 'reburied', 'pruned', 'released'] as const)
    .filter((name) => stats[name] > 0)
    .map((name) => `${name} ${stats[name]}`);
  return `Stored ${records(stats.stored)}${others.length > 0 ? ` (${others.join(', ')})` : ''}.`;
}

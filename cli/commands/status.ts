import type { Command } from 'commander';

import { readStatus } from '../../lib/status/trail-status';
import type { TrailStatus } from '../../lib/status/trail-status';
import type { ExitStatus } from '../failure';
import { dirOption, driverOption, examples, redisOption } from '../options';
import type { Output } from '../output';
import { withTrail } from '../session';
import type { Session } from '../session';
import { sectionsOf } from '../status/sections';
import { workersTable } from '../status/workers';

/** `audit status`: what is stored, what waits, who is at work, and what needs a person. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('Show what is stored, what waits where, who is at work, and what needs attention.')
    .addOption(driverOption())
    .addOption(dirOption())
    .addOption(redisOption())
    .addHelpText(
      'after',
      examples('audit status', 'audit status --json') +
        `\n
Keys of --json, null where unknown: database {name, reachable, error}, migrations {executed, pending},
driver, directory, buffer {records, bytes, exact, error}, journal {records, bytes}, journalLimit {bytes, limit}, rescue {records, bytes},
buried {records, bytes}, prepared {records, bytes}, unconfirmed {records, bytes}, damaged [{file, bytes}], oldestWaiting {createdAt, seconds},
stored {records, exact, oldest, newest}, rates {lastMinute {records, exact}, lastHour {records, exact}, storedPerSecond},
workers [{id, host, pid, version, driver, startedAt, seenAt, atWork, stored, duplicates, rescued, buried, storedPerSecond,
recoveredAt, lastError {message, at}}], tasks [{name, lastRunAt, nextRunAt}].
If "exact" is false, stored.records and the rates' are lower bounds, and the buffer's numbers are estimates.
A worker is at work if it was seen within 30 seconds. Who has been silent for an hour is forgotten.
The status is 1 when the database or the buffer cannot be read.`,
    )
    .action(withTrail(status));
}

async function status({ trail, output }: Session<object>): Promise<ExitStatus> {
  const now = await readStatus(trail);
  output.result(now, () => textOf(now, output));
  return now.database.reachable && (now.buffer?.error ?? null) === null ? 0 : 1;
}

function textOf(now: TrailStatus, output: Output): string {
  const sections = sectionsOf(now, output.colors);
  // As wide as the longest in any of them, so that what is said begins in one column.
  const width = Math.max(...sections.flatMap(({ rows }) => rows.map(([name]) => name.length)));
  return [
    ...sections.map(({ title, rows }) =>
      [
        output.colors.bold(title),
        output.plainTable(rows.map(([name, text]) => [name.padEnd(width), text])),
      ].join('\n'),
    ),
    ...(now.workers ? [workersTable(now.workers, output)] : []),
  ].join('\n\n');
}

import type { Command } from 'commander';

import { mebibytes } from '../../lib/buffer/journal/journal-limit';
import type { ExitStatus } from '../failure';
import { dirOption, driverOption, examples, redisOption } from '../options';
import { amount, records } from '../output';
import { withTrail } from '../session';
import type { Session } from '../session';
import { readStatus } from '../trail-status';
import type { TrailStatus } from '../trail-status';

/** `audit status`: what is stored, what waits, and what needs a person. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('Show what is stored, what waits where, and what needs attention.')
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
stored {records, exact, oldest, newest}, tasks [{name, lastRunAt, nextRunAt}].
If "exact" is false, stored.records is a lower bound, and the buffer's numbers are estimates.
The status is 1 when the database or the buffer cannot be read.`,
    )
    .action(withTrail(status));
}

async function status({ trail, output }: Session<object>): Promise<ExitStatus> {
  const now = await readStatus(trail);
  output.result(now, () => output.table(rowsOf(now, output.colors)));
  return now.database.reachable && (now.buffer?.error ?? null) === null ? 0 : 1;
}

function rowsOf(now: TrailStatus, { red, yellow, green }: Session<object>['output']['colors']): string[][] {
  const { database, migrations, buffer, stored } = now;
  const warned = (count: number, text: string): string => (count > 0 ? yellow(text) : text);
  const pendingOf = (names: string[]): string =>
    names.length > 0 ? yellow(`pending: ${names.join(', ')}; run "audit migrate"`) : green('up to date');
  return [
    ['database', database.reachable ? database.name : `${database.name}\n${red(`down: ${database.error}`)}`],
    ...(migrations ? [['migrations', pendingOf(migrations.pending)]] : []),
    ...(stored ? storedRows(stored) : []),
    ['driver', now.driver],
    ['directory', now.directory],
    ['waiting', buffer ? waiting(buffer, red) : 'nothing ever waits'],
    ...(now.journal ? [['journal here', `${records(now.journal.records)}, kept until they are stored`]] : []),
    ...(now.journalLimit ? [['journal size', size(now.journalLimit, yellow)]] : []),
    ['oldest waiting', age(now.oldestWaiting)],
    ['rescue files', warned(now.rescue.records, rescued(now.rescue.records))],
    ['buried', warned(now.buried.records, records(now.buried.records))],
    ...(now.prepared.records > 0
      ? [['prepared', `${records(now.prepared.records)}, of commits under way`]]
      : []),
    ['unconfirmed', warned(now.unconfirmed.records, unconfirmed(now.unconfirmed.records))],
    ['damaged', warned(now.damaged.length, damage(now.damaged))],
    ...(now.tasks ?? []).map(({ name, lastRunAt, nextRunAt }) => [
      `task ${name}`,
      `last ${time(lastRunAt)}, next ${time(nextRunAt)}`,
    ]),
  ];
}

function storedRows(stored: NonNullable<TrailStatus['stored']>): string[][] {
  return [
    ['stored', stored.exact ? records(stored.records) : `more than ${records(stored.records)}`],
    ['oldest', time(stored.oldest)],
    ['newest', time(stored.newest)],
  ];
}

function waiting(buffer: NonNullable<TrailStatus['buffer']>, red: (text: string) => string): string {
  if (buffer.error !== null) return red(`unknown: ${buffer.error}`);
  return `${buffer.exact ? '' : 'about '}${records(buffer.records ?? 0)}, ${amount(buffer.bytes ?? 0)} bytes`;
}

function size(
  { bytes, limit }: NonNullable<TrailStatus['journalLimit']>,
  yellow: (text: string) => string,
): string {
  if (limit === null) return `${mebibytes(bytes)} MiB, no limit`;
  const text = `${mebibytes(bytes)} of ${mebibytes(limit)} MiB`;
  return bytes < limit / 2 ? text : yellow(`${text}; no worker seems to keep up`);
}

function age(oldest: TrailStatus['oldestWaiting']): string {
  return oldest ? `captured ${time(oldest.createdAt)}, ${amount(oldest.seconds)} seconds ago` : 'none';
}

function rescued(waiting: number): string {
  return `${records(waiting)}${waiting > 0 ? '; run "audit recover", or wait for a worker to do it' : ''}`;
}

function unconfirmed(count: number): string {
  return `${records(count)}${count > 0 ? '; see "audit recover --unconfirmed"' : ''}`;
}

function damage(files: TrailStatus['damaged']): string {
  if (files.length === 0) return 'none';
  return files.map(({ file, bytes }) => `${file} (${amount(bytes)} bytes)`).join('\n');
}

function time(date: Date | null): string {
  return date?.toISOString() ?? 'never';
}

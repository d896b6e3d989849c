import { mebibytes } from '../../lib/buffer/journal/journal-limit';
import type { DatabaseStatus, Count } from '../../lib/status/database-status';
import type { TrailStatus } from '../../lib/status/trail-status';
import { amount, records } from '../output';
import type { Colors } from '../output';
import { hostOf } from '../worker-name';
import { time } from './times';

/** A part of what is told, under a title of its own. */
export interface Section {
  readonly title: string;
  /** What it is, and what is said of it. */
  readonly rows: readonly (readonly [string, string])[];
}

type Row = Section['rows'][number];

/** The status as people read it, without the workers, who have a table of their own. */
export function sectionsOf(now: TrailStatus, colors: Colors): Section[] {
  return [
    { title: 'Trail', rows: trailRows(now, colors) },
    { title: 'Waiting', rows: waitingRows(now, colors) },
    { title: 'Set aside', rows: setAsideRows(now, colors) },
    { title: 'Upkeep', rows: upkeepRows(now) },
  ].filter(({ rows }) => rows.length > 0);
}

function trailRows({ database, migrations, stored, rates }: TrailStatus, colors: Colors): Row[] {
  const down = (): string => `${database.name}\n${colors.red(`down: ${database.error}`)}`;
  const pending = migrations?.pending ?? [];
  const migrated =
    pending.length > 0
      ? colors.yellow(`pending: ${pending.join(', ')}; run "audit migrate"`)
      : colors.green('up to date');
  return [
    ['database', database.reachable ? database.name : down()],
    ...(migrations ? ([['migrations', migrated]] as Row[]) : []),
    ...(stored ? storedRows(stored) : []),
    ...(rates ? rateRows(rates) : []),
  ];
}

function storedRows(stored: NonNullable<DatabaseStatus['stored']>): Row[] {
  return [
    ['stored', counted(stored)],
    ['oldest', time(stored.oldest)],
    ['newest', time(stored.newest)],
  ];
}

function rateRows(rates: NonNullable<DatabaseStatus['rates']>): Row[] {
  return [
    ['last minute', counted(rates.lastMinute)],
    ['last hour', counted(rates.lastHour)],
    ...(rates.storedPerSecond === null
      ? []
      : ([['storing now', `${perSecond(rates.storedPerSecond)} records a second`]] as Row[])),
  ];
}

function waitingRows(now: TrailStatus, { red, yellow }: Colors): Row[] {
  const { driver, directory, buffer, journal, journalLimit, oldestWaiting, prepared } = now;
  const inBuffer = (found: NonNullable<TrailStatus['buffer']>): string =>
    found.error === null
      ? `${found.exact ? '' : 'about '}${records(found.records ?? 0)}, ${amount(found.bytes ?? 0)} bytes`
      : red(`unknown: ${found.error}`);
  const rows: (Row | null)[] = [
    ['driver', driver],
    ['directory', directory],
    ['waiting', buffer ? inBuffer(buffer) : 'nothing ever waits'],
    journal && ['journal here', `${records(journal.records)}, kept until they are stored`],
    journalLimit && ['journal size', size(journalLimit, yellow)],
    [
      'oldest waiting',
      oldestWaiting
        ? `captured ${time(oldestWaiting.createdAt)}, ${amount(oldestWaiting.seconds)} seconds ago`
        : 'none',
    ],
    prepared.records > 0 ? ['prepared', `${records(prepared.records)}, of commits under way`] : null,
  ];
  return rows.filter((row) => row !== null);
}

function setAsideRows({ rescue, buried, unconfirmed, damaged }: TrailStatus, { yellow }: Colors): Row[] {
  const row = (name: string, count: number, remedy: string): Row => [
    name,
    count === 0 ? records(0) : yellow(`${records(count)}; ${remedy}`),
  ];
  const files = damaged.map(({ file, bytes }) => `${file} (${amount(bytes)} bytes)`).join('\n');
  return [
    row('rescue files', rescue.records, 'run "audit recover", or wait for a worker to do it'),
    row('buried', buried.records, 'see "audit recover --buried"'),
    row('unconfirmed', unconfirmed.records, 'see "audit recover --unconfirmed"'),
    ['damaged', files === '' ? 'none' : yellow(files)],
  ];
}

/** Pruning is a task of all workers together; each looks after the rescue files of its own host. */
function upkeepRows({ tasks, workers }: TrailStatus): Row[] {
  const recovered = (workers ?? []).flatMap((worker) =>
    worker.recoveredAt ? [`last ${time(worker.recoveredAt)} on ${hostOf(worker)}`] : [],
  );
  return [
    ...(tasks ?? []).map(({ name, lastRunAt, nextRunAt }): Row => [
      `task ${name}`,
      `last ${time(lastRunAt)}, next ${time(nextRunAt)}`,
    ]),
    ...(recovered.length > 0 ? ([['task recover', recovered.join('\n')]] as Row[]) : []),
  ];
}

function counted({ records: count, exact }: Count): string {
  return exact ? records(count) : `more than ${records(count)}`;
}

function size(
  { bytes, limit }: NonNullable<TrailStatus['journalLimit']>,
  yellow: (text: string) => string,
): string {
  if (limit === null) return `${mebibytes(bytes)} MiB, no limit`;
  const text = `${mebibytes(bytes)} of ${mebibytes(limit)} MiB`;
  return bytes < limit / 2 ? text : yellow(`${text}; no worker seems to keep up`);
}

/** Small rates with a decimal, large ones without. */
export function perSecond(rate: number): string {
  return rate.toLocaleString('en-US', { maximumFractionDigits: rate < 10 ? 1 : 0 });
}

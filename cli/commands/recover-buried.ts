import { BatchWriter } from '../../lib/storage/batch-writer';
import { Migrator } from '../../lib/storage/migrator';
import { BuriedRecords } from '../../lib/worker/buried';
import type { BuriedRecord, RetryReport } from '../../lib/worker/buried';
import { failureOf } from '../failure';
import type { ExitStatus } from '../failure';
import { amount, printable, records, shortened } from '../output';
import { withProgress } from '../progress';
import type { Session } from '../session';
import { stopSignal } from '../signals';

/** A table for a person is no place for more. */
const SHOWN = 100;
const LONGEST = 120;

/** `audit recover --buried`: what lies there, and why. It needs no database. */
export function listBuried({ trail, output }: Session<object>): Promise<ExitStatus> {
  const buried = open(trail).list();
  output.result({ buried }, () =>
    buried.length === 0
      ? 'Nothing is buried.'
      : output.table(buried.slice(0, SHOWN).map(rowOf), HEAD) + rest(buried.length),
  );
  return Promise.resolve(0);
}

/** `audit recover --buried --retry`: into the table with what it takes now. */
export async function retryBuried({ trail, output }: Session<object>): Promise<ExitStatus> {
  const buried = open(trail);
  const total = buried.list().length;
  const signal = stopSignal();
  const remain = 'What is buried remains.';
  const report = await withProgress('Trying again', total, output, async (onProgress) => {
    try {
      // Or each record would be blamed for a table that is missing.
      await new Migrator(trail.database).assertMigrated();
      return await buried.retry({ signal, onProgress });
    } catch (error) {
      throw failureOf(error, trail.database, remain);
    }
  });
  const left = buried.list().length;
  output.result({ ...report, left }, () => summary(report, left));
  return left === 0 ? 0 : 1;
}

function open({ settings, database }: Session<object>['trail']): BuriedRecords {
  return new BuriedRecords(settings, new BatchWriter(database));
}

const HEAD = ['Buried', 'Model', 'Key', 'Event', 'Reason'];

function rowOf({ buriedAt, model, key, event, reason }: BuriedRecord): string[] {
  const parts = [buriedAt ?? '?', model ?? '?', key ?? '?', event ?? '?', reason];
  return parts.map((part) => printable(shortened(part, LONGEST)));
}

function rest(count: number): string {
  return count > SHOWN ? `\nand ${records(count - SHOWN)} more; --json lists all.` : '';
}

function summary({ stored, duplicates, refused }: RetryReport, left: number): string {
  if (stored + duplicates + refused + left === 0) return 'Nothing is buried.';
  const inUse = left - refused;
  return [
    `Stored ${records(stored)}; ${amount(duplicates)} were there already, ${amount(refused)} are refused again.`,
    ...(refused > 0 ? ['"audit recover --buried" tells why.'] : []),
    ...(inUse > 0
      ? [
          `Not tried: ${records(inUse)}. A worker is burying there, or this was stopped. Run it again in a minute.`,
        ]
      : []),
  ].join('\n');
}

import { Batch } from '../../../lib/record/batch';
import type { AuditRecord } from '../../../lib/record/record';
import { encodeLine } from '../../../lib/record/wire';
import { BatchWriter } from '../../../lib/storage/batch-writer';
import { anyRecord } from '../../support/records';
import type { World } from '../../support/world';

/** The first of all records here was captured then. */
export const START = Date.UTC(2026, 2, 28, 23, 59, 58);

/** A record so many milliseconds after START; its label is its url. */
export function labelled(label: string, after: number, parts: Partial<AuditRecord> = {}): AuditRecord {
  return anyRecord({ url: label, createdAt: Math.round((START + after) * 1000), ...parts });
}

export function batchOf(records: readonly AuditRecord[]): Batch {
  return Batch.fromLines(records.map(encodeLine));
}

/** Puts records into the trail's table. */
export async function store({ trail }: World, records: readonly AuditRecord[]): Promise<void> {
  await new BatchWriter(trail.database).write(batchOf(records));
}

/** The labels of what was found. */
export function labels(audits: readonly { url: string | null }[]): string {
  return audits.map(({ url }) => url).join(' ');
}

/** The code of the error that a promise ends with; undefined if it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
}

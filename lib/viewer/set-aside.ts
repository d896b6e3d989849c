import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { troubleOf } from '../buffer/journal/journal-source';
import { lanesOf } from '../buffer/journal/lane';
import { remarkedFrames } from '../buffer/journal/remarks';
import type { Remarked } from '../buffer/journal/remarks';
import { AuditError } from '../errors';
import type { Logger } from '../logger';
import { decodeLine, WIRE_VERSION } from '../record/wire';
import { fieldsOfRow } from '../storage/reading/record-fields';
import type { RecordFields } from '../storage/reading/record-fields';

/** A record on a worker's disk, and why it lies there. */
export interface SetAside {
  readonly fields: RecordFields;
  readonly reason: string;
  /** ISO 8601; null where the file does not say. */
  readonly at: string | null;
}

export interface SetAsidePage {
  readonly records: readonly SetAside[];
  readonly next: string | null;
}

/** A lane, and the last record of it that was given. */
interface Place {
  readonly lane: string;
  readonly id: string;
}

const REMARK = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) (.*)$/s;
const PLACE = /^([0-9a-f-]{36}):([^:]{1,100})$/;

/**
 * One page of what lies in a directory of lanes: looked at, neither claimed nor changed, and one frame of it in memory.
 * What is brought into the table meanwhile is left out; where it is the very record that the page before ended with,
 * its lane begins anew, so that nothing is passed over. Throws AUDIT_CURSOR.
 */
export async function setAsidePage(
  directory: string,
  after: string | undefined,
  limit: number,
  logger: Logger,
): Promise<SetAsidePage> {
  const from = after === undefined ? undefined : placeOf(after);
  const records: SetAside[] = [];
  let last: Place | undefined;
  for (const lane of lanesOf(directory)) {
    const name = path.basename(lane);
    if (from && name < from.lane) continue;
    const begin = from?.lane === name && (await holds(lane, from.id, logger)) ? from.id : undefined;
    for await (const record of recordsOf(lane, begin, logger)) {
      if (records.length >= limit) return { records, next: last ? cursorOf(last) : null };
      records.push(record);
      last = { lane: name, id: record.fields.id };
    }
  }
  return { records, next: null };
}

async function holds(lane: string, id: string, logger: Logger): Promise<boolean> {
  for await (const { batch } of framesOf(lane, logger)) {
    if (batch.texts().some((line) => idOf(line) === id)) return true;
  }
  return false;
}

async function* recordsOf(
  lane: string,
  behind: string | undefined,
  logger: Logger,
): AsyncGenerator<SetAside> {
  let isBehind = behind === undefined;
  for await (const { batch, remark = '' } of framesOf(lane, logger)) {
    const [, at = null, reason = remark] = REMARK.exec(remark) ?? [];
    for (const line of batch.texts()) {
      if (isBehind) yield { fields: fieldsOf(line, batch.version), at, reason };
      else isBehind = idOf(line) === behind;
    }
  }
}

/** Files are read at once, and may be large: after each frame others have their turn. */
async function* framesOf(lane: string, logger: Logger): AsyncGenerator<Remarked> {
  try {
    for (const frame of remarkedFrames(lane)) {
      yield frame;
      await nextTurn();
    }
  } catch (error) {
    // It may have been stored meanwhile, and its lane be gone.
    if (fs.existsSync(lane) && (error as NodeJS.ErrnoException).code !== 'ENOENT')
      logger.error(troubleOf(lane, error));
  }
}

/** Of a line that a newer release wrote only the id is known, which always comes first. */
function fieldsOf(line: string, version: number): RecordFields {
  const row = decodeLine(line.replace(/\n$/, ''));
  return fieldsOfRow(version === WIRE_VERSION ? row : row.slice(0, 1));
}

function idOf(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf('\t')));
}

function cursorOf({ lane, id }: Place): string {
  return Buffer.from(`${lane}:${id}`).toString('base64url');
}

function placeOf(cursor: string): Place {
  const [, lane, id] = PLACE.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (lane !== undefined && id !== undefined) return { lane, id };
  throw new AuditError(
    'AUDIT_CURSOR',
    `"${cursor.slice(0, 100)}" is no cursor. Give \`next\` of the page before, or none for the first page.`,
  );
}

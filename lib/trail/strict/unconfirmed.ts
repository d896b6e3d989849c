import fs from 'node:fs';

import { directoriesOf } from '../../buffer/directories';
import { troubleOf } from '../../buffer/journal/journal-source';
import { lanesOf, LEASE_FILE, START, writerOf } from '../../buffer/journal/lane';
import { LaneReader } from '../../buffer/journal/lane-reader';
import { LaneWriter } from '../../buffer/journal/lane-writer';
import { Lease } from '../../buffer/journal/lease';
import { settingAside } from '../../buffer/journal/set-aside';
import type { Settings } from '../../config';
import type { Batch } from '../../record/batch';
import { COLUMNS, WIRE_VERSION } from '../../record/wire';

const AT_ONCE = 1000;
const CONTEXT = COLUMNS.indexOf('context');

/** Keeps records of which nobody knows whether they happened; with the reason, for a person to look at. */
export class UnconfirmedStore {
  private lane: LaneWriter | undefined;

  constructor(private readonly settings: Settings) {}

  /** On disk when it returns. Throws what the file system throws. */
  put(lines: readonly string[], reason: string, version?: number): void {
    this.lane ??= new LaneWriter(directoriesOf(this.settings.dir).unconfirmed, {
      fsync: 'always',
      ...(version === undefined ? {} : { version }),
    });
    this.lane.append(lines, `${new Date().toISOString()} ${reason}`);
  }

  close(): void {
    this.lane?.close();
    this.lane = undefined;
  }
}

/** Unconfirmed records of one lane, and why they are. */
export interface Unconfirmed {
  readonly reason: string;
  readonly batch: Batch;
}

/** All that is unconfirmed, a part at a time. Of a lane that cannot be read the log tells. */
export function* readUnconfirmed(settings: Settings): Generator<Unconfirmed> {
  for (const lane of lanesOf(directoriesOf(settings.dir).unconfirmed)) {
    try {
      yield* readLane(lane, settings);
    } catch (error) {
      settings.logger.error(troubleOf(lane, error));
    }
  }
}

/**
 * A person has decided. Accepted ones go into the journal, where a worker finds them, with `unconfirmed: true` in
 * their context; discarded ones are deleted. Returns how many. May be killed at any moment and done again. What is
 * wrong with one lane is thrown when the others are done with; then it stays as it is.
 */
export function decideUnconfirmed(settings: Settings, decision: 'accept' | 'discard'): number {
  let count = 0;
  const troubles: unknown[] = [];
  for (const lane of lanesOf(directoriesOf(settings.dir).unconfirmed)) {
    // Somebody is writing it.
    if (['open', 'silent'].includes(writerOf(lane))) continue;
    const lease = Lease.acquire(`${lane}/${LEASE_FILE}`);
    if (!lease) continue;
    try {
      count += decideLane(lane, decision, settings);
      // While this process was frozen another may have taken over.
      if (lease.isHeld()) fs.rmSync(lane, { recursive: true, force: true });
    } catch (error) {
      settings.logger.error(troubleOf(lane, error));
      troubles.push(error);
    } finally {
      lease.release();
    }
  }
  if (troubles.length > 0) throw troubles[0];
  return count;
}

function decideLane(lane: string, decision: 'accept' | 'discard', settings: Settings): number {
  const accepted = new Map<number, LaneWriter>();
  let count = 0;
  try {
    for (const { batch } of readLane(lane, settings)) {
      count += batch.count;
      if (decision === 'discard') continue;
      const { version } = batch;
      const writer =
        accepted.get(version) ??
        new LaneWriter(directoriesOf(settings.dir).journal, { fsync: 'always', version });
      accepted.set(version, writer);
      writer.append(version === WIRE_VERSION ? batch.texts().map(marked) : batch.texts());
    }
  } finally {
    for (const writer of accepted.values()) writer.close();
  }
  return count;
}

function* readLane(lane: string, { dir, logger }: Settings): Generator<Unconfirmed> {
  let reason = '';
  const onRemark = (line: string): void => {
    if (line.startsWith('# ')) reason = line.slice(2);
  };
  const reader = new LaneReader(lane, START, settingAside(directoriesOf(dir).damaged, logger), onRemark);
  reader.markFinal();
  try {
    for (let stretch = reader.read(AT_ONCE); stretch; stretch = reader.read(AT_ONCE)) {
      yield { reason, batch: stretch.batch };
    }
  } finally {
    reader.close();
  }
}

/** Braces and quotes stand for themselves in the wire form. What is no record stays as it is, for a worker to bury. */
function marked(line: string): string {
  const fields = line.split('\t');
  const context = fields[CONTEXT];
  if (context === undefined) return line;
  const rest = context.startsWith('{') ? context.slice(1) : '}';
  fields[CONTEXT] = `{"unconfirmed":true${rest === '}' ? '' : ','}${rest}`;
  return fields.join('\t');
}

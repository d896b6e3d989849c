import fs from 'node:fs';

import { directoriesOf } from '../../buffer/directories';
import { lanesOf, LEASE_FILE, START, writerOf } from '../../buffer/journal/lane';
import { LaneReader } from '../../buffer/journal/lane-reader';
import { LaneWriter } from '../../buffer/journal/lane-writer';
import { Lease } from '../../buffer/journal/lease';
import { settingAside } from '../../buffer/journal/set-aside';
import type { Settings } from '../../config';
import type { Batch } from '../../record/batch';
import { COLUMNS } from '../../record/wire';

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

/** All that is unconfirmed, a part at a time. */
export function* readUnconfirmed(settings: Settings): Generator<Unconfirmed> {
  for (const lane of lanesOf(directoriesOf(settings.dir).unconfirmed)) {
    yield* readLane(lane, settings);
  }
}

/**
 * A person has decided. Accepted ones go into the journal, where a worker finds them, with `unconfirmed: true` in
 * their context; discarded ones are deleted. Returns how many. May be killed at any moment and done again.
 */
export function decideUnconfirmed(settings: Settings, decision: 'accept' | 'discard'): number {
  const { journal, unconfirmed } = directoriesOf(settings.dir);
  let count = 0;
  for (const lane of lanesOf(unconfirmed)) {
    // Somebody is writing it.
    if (['open', 'silent'].includes(writerOf(lane))) continue;
    const lease = Lease.acquire(`${lane}/${LEASE_FILE}`);
    if (!lease) continue;
    let accepted: LaneWriter | undefined;
    for (const { batch } of readLane(lane, settings)) {
      count += batch.count;
      if (decision === 'discard') continue;
      accepted ??= new LaneWriter(journal, { fsync: 'always', version: batch.version });
      accepted.append(batch.texts().map(marked));
    }
    accepted?.close();
    fs.rmSync(lane, { recursive: true, force: true });
    lease.release();
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

/** Braces and quotes stand for themselves in the wire form. */
function marked(line: string): string {
  const fields = line.split('\t');
  const context = fields[CONTEXT] as string;
  const rest = context.startsWith('{') ? context.slice(1) : '}';
  fields[CONTEXT] = `{"unconfirmed":true${rest === '}' ? '' : ','}${rest}`;
  return fields.join('\t');
}

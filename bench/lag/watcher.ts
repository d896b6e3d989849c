import { setTimeout as delay } from 'node:timers/promises';

import { QueryTypes } from 'sequelize';
import type { Sequelize } from 'sequelize';

import { now } from '../support/clock';

const PAUSE_MS = 3;
/** Clocks of processes may differ a little; to look at some records twice does no harm. */
const MARGIN_MS = 50;

/** Looks at the trail again and again, and remembers when it first saw the record of each change. */
export class Watcher {
  /** By the number of the change, on the clock of all processes. */
  readonly seenAt: number[] = [];
  /** How long it took from one look to the next, in milliseconds. */
  readonly gaps: number[] = [];
  private oldestUnseen = 0;

  constructor(
    private readonly store: Sequelize,
    private readonly perSecond: number,
  ) {}

  /** Until all changes are seen, or nothing new comes for so long. */
  async watch(beganAt: number, changes: number, patienceMs: number): Promise<void> {
    let lookedAt = now();
    let newAt = lookedAt;
    while (this.oldestUnseen < changes && now() - newAt < patienceMs) {
      // No change is recorded before it is due, and all that were due earlier are seen.
      const from = new Date(beganAt + (this.oldestUnseen / this.perSecond) * 1000 - MARGIN_MS);
      const rows = await this.store.query<{ serial: number }>(
        "SELECT (new_values->>'stock')::int AS serial FROM audits WHERE created_at >= $from",
        { bind: { from }, type: QueryTypes.SELECT },
      );
      const at = now();
      for (const { serial } of rows) {
        if (this.seenAt[serial] !== undefined) continue;
        this.seenAt[serial] = newAt = at;
      }
      while (this.seenAt[this.oldestUnseen] !== undefined) this.oldestUnseen++;
      this.gaps.push(at - lookedAt);
      lookedAt = at;
      await delay(PAUSE_MS);
    }
  }
}

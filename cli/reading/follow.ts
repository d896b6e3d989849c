import { Op } from 'sequelize';

import { lowestIdAt, timeOfId } from '../../lib/record/id-time';
import type { Audit } from '../../lib/storage/audit-model';
import type { AuditFilter } from '../../lib/storage/reading/audit-query';
import { conditionsOf } from '../../lib/storage/reading/conditions';
import { exactTimesOf } from '../../lib/storage/reading/exact-times';
import type { AuditTrail } from '../../lib/trail/trail';
import { pagesOf } from './pages';

/** Ids tell when a change was captured, not when it was stored: workers of several hosts store out of order. */
const LATE_MS = 60_000;
/** Nearly all are stored so soon after others that were captured later. */
const SOON_MS = 5_000;
/** Each so many-th look goes back all the way: the ids of a busy minute are hundreds of thousands. */
const WHOLE_EVERY = 5;
const LOADED_AT_ONCE = 200;

/** Some records that are new, and when they were captured, to the microsecond, by their ids. */
export interface News {
  readonly audits: readonly Audit[];
  readonly times: ReadonlyMap<string, string>;
}

/**
 * Finds records as they come to be stored. A look goes back some seconds behind the newest record of the last one, or
 * behind now where a clock is ahead; each fifth goes back a minute. What was seen is left out. What is stored later
 * than others that were captured more than a minute after it is missed.
 */
export class Follower {
  /** All that was captured before this moment counts as seen; in milliseconds. */
  private from = 0;
  /** The newest record at the last look, as a moment. */
  private newest = 0;
  private looks = 0;
  private readonly seen = new Set<string>();

  constructor(
    private readonly trail: AuditTrail,
    private readonly filter: AuditFilter,
  ) {}

  /** Takes all that is stored now for seen, or with `since` gives it out. */
  async *begin(): AsyncGenerator<News, void, undefined> {
    this.newest = await this.newestTime();
    this.from = this.newest - LATE_MS;
    if (this.filter.since === undefined) {
      for (const id of await this.idsBeyond(this.from)) this.seen.add(id);
      return;
    }
    for await (const { audits } of pagesOf(this.trail.history, { ...this.filter, order: 'oldest' })) {
      for (const { id } of audits) this.seen.add(id);
      this.forget();
      yield await this.news(audits);
    }
  }

  /** What has been stored since the last look. */
  async *look(): AsyncGenerator<News, void, undefined> {
    const isWhole = ++this.looks % WHOLE_EVERY === 0;
    const newest = await this.newestTime();
    const ids = await this.idsBeyond(isWhole ? this.from : Math.max(this.from, this.newest - SOON_MS));
    const fresh = ids.filter((id) => !this.seen.has(id));
    for (let index = 0; index < fresh.length; index += LOADED_AT_ONCE) {
      const some = fresh.slice(index, index + LOADED_AT_ONCE);
      const audits = await this.trail.Audit.findAll({ where: { id: some }, order: [['id', 'ASC']] });
      for (const id of some) this.seen.add(id);
      yield await this.news(audits);
    }
    this.newest = Math.max(this.newest, newest);
    if (!isWhole) return;
    this.from = this.newest - LATE_MS;
    this.forget();
  }

  private async news(audits: readonly Audit[]): Promise<News> {
    return { audits, times: await exactTimesOf(this.trail.database, audits) };
  }

  private async idsBeyond(moment: number): Promise<string[]> {
    const where = {
      [Op.and]: [...conditionsOf(this.filter, this.trail.database), { id: { [Op.gt]: lowestIdAt(moment) } }],
    };
    const rows = await this.trail.Audit.findAll({
      attributes: ['id'],
      where,
      order: [['id', 'ASC']],
      raw: true,
    });
    return rows.map(({ id }) => id);
  }

  private async newestTime(): Promise<number> {
    const newest = await this.trail.Audit.findOne({ attributes: ['id'], order: [['id', 'DESC']], raw: true });
    return Math.min((newest && timeOfId(newest.id)) ?? Date.now(), Date.now());
  }

  private forget(): void {
    const lowest = lowestIdAt(this.from);
    for (const id of this.seen) if (id < lowest) this.seen.delete(id);
  }
}

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
const LOADED_AT_ONCE = 200;

/** Some records that are new, and when they were captured, to the microsecond, by their ids. */
export interface News {
  readonly audits: readonly Audit[];
  readonly times: ReadonlyMap<string, string>;
}

/**
 * Finds records as they come to be stored. Each look goes back a minute behind the newest record, or behind now where
 * a clock is ahead, and leaves out what was seen: what is stored later than others that were captured more than a
 * minute after it is missed.
 */
export class Follower {
  /** All that was captured before this moment counts as seen; in milliseconds. */
  private from = 0;
  private readonly seen = new Set<string>();

  constructor(
    private readonly trail: AuditTrail,
    private readonly filter: AuditFilter,
  ) {}

  /** Takes all that is stored now for seen, or with `since` gives it out. */
  async *begin(): AsyncGenerator<News, void, undefined> {
    this.from = await this.overlap();
    if (this.filter.since === undefined) {
      for (const id of await this.idsBeyond()) this.seen.add(id);
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
    const next = await this.overlap();
    const fresh = (await this.idsBeyond()).filter((id) => !this.seen.has(id));
    for (let index = 0; index < fresh.length; index += LOADED_AT_ONCE) {
      const ids = fresh.slice(index, index + LOADED_AT_ONCE);
      const audits = await this.trail.Audit.findAll({ where: { id: ids }, order: [['id', 'ASC']] });
      for (const id of ids) this.seen.add(id);
      yield await this.news(audits);
    }
    this.from = Math.max(this.from, next);
    this.forget();
  }

  private async news(audits: readonly Audit[]): Promise<News> {
    return { audits, times: await exactTimesOf(this.trail.database, audits) };
  }

  private async idsBeyond(): Promise<string[]> {
    const where = {
      [Op.and]: [
        ...conditionsOf(this.filter, this.trail.database),
        { id: { [Op.gt]: lowestIdAt(this.from) } },
      ],
    };
    const rows = await this.trail.Audit.findAll({
      attributes: ['id'],
      where,
      order: [['id', 'ASC']],
      raw: true,
    });
    return rows.map(({ id }) => id);
  }

  private async overlap(): Promise<number> {
    const newest = await this.trail.Audit.findOne({ attributes: ['id'], order: [['id', 'DESC']], raw: true });
    return Math.min((newest && timeOfId(newest.id)) ?? Date.now(), Date.now()) - LATE_MS;
  }

  private forget(): void {
    const lowest = lowestIdAt(this.from);
    for (const id of this.seen) if (id < lowest) this.seen.delete(id);
  }
}

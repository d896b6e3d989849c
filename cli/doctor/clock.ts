import { QueryTypes } from 'sequelize';

import { withinTime } from '../../lib/status/answer';
import type { TrailStatus } from '../../lib/status/trail-status';
import type { Database } from '../../lib/storage/database';
import type { AuditTrail } from '../../lib/trail/trail';
import { fail, ok, warn } from './check';
import type { Check } from './check';
import { onRedis } from './redis-nodes';

const WARN_MS = 2_000;
const FAIL_MS = 60_000;
/** The quickest answer tells most. */
const SAMPLES = 3;

/** How far a server's clock is ahead of this host's, in milliseconds. */
export interface ClockDifference {
  readonly server: string;
  readonly aheadMs: number;
  /** So much it may be off, either way: half the time that the answer took. */
  readonly uncertainMs: number;
}

/** The clocks of database and Redis beside this host's; undefined where there is none but ours. */
export async function clock(trail: AuditTrail, status: TrailStatus): Promise<Check | undefined> {
  const { database, settings } = trail;
  const isAsked = status.database.reachable && database.dialect.name !== 'sqlite';
  const ofDatabase = isAsked ? await known([difference('the database', () => databaseTime(database))]) : [];
  const ofRedis = await onRedis(settings, status, (nodes) =>
    known(
      nodes.map(({ name, redis }) =>
        difference(`Redis ${name}`, async () => milliseconds(await redis.time())),
      ),
    ),
  );
  return judgeClocks([...ofDatabase, ...(ofRedis ?? [])]);
}

/** What is to be said of some clocks. */
export function judgeClocks(differences: readonly ClockDifference[]): Check | undefined {
  if (differences.length === 0) return undefined;
  const worst = Math.max(...differences.map(({ aheadMs, uncertainMs }) => Math.abs(aheadMs) - uncertainMs));
  const detail = differences.map(inWords).join('; ');
  if (worst <= WARN_MS) return ok('clock', detail);
  const remedy =
    'Set the clocks of all hosts by NTP (chrony, systemd-timesyncd): the times of records, schedules and retention rest on them.';
  return worst > FAIL_MS ? fail('clock', detail, remedy) : warn('clock', detail, remedy);
}

function inWords({ server, aheadMs, uncertainMs }: ClockDifference): string {
  const off = Math.abs(aheadMs);
  if (off <= Math.max(uncertainMs, 50)) return `${server} agrees with this host`;
  return `${server} is ${(off / 1000).toFixed(1)} seconds ${aheadMs > 0 ? 'ahead of' : 'behind'} this host`;
}

/** Who does not answer now, or may not be asked for the time, is left out: that it answers is another check. */
async function known(asked: readonly Promise<ClockDifference>[]): Promise<ClockDifference[]> {
  const settled = await Promise.allSettled(asked);
  return settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

async function difference(server: string, ask: () => Promise<number>): Promise<ClockDifference> {
  let best: ClockDifference | undefined;
  for (let sample = 0; sample < SAMPLES; sample++) {
    const before = Date.now();
    const theirs = await withinTime(ask());
    const uncertainMs = (Date.now() - before) / 2;
    if (!best || uncertainMs < best.uncertainMs)
      best = { server, aheadMs: theirs - (before + uncertainMs), uncertainMs };
  }
  return best as ClockDifference;
}

async function databaseTime({ sequelize, dialect }: Database): Promise<number> {
  const [row] = await sequelize.query<{ now: unknown }>(`SELECT ${dialect.nowMs} AS now`, {
    type: QueryTypes.SELECT,
    useMaster: true,
    logging: false,
  });
  return Number(row?.now);
}

/** TIME tells seconds and microseconds. */
function milliseconds([seconds, microseconds]: readonly (number | string)[]): number {
  return Number(seconds) * 1000 + Number(microseconds) / 1000;
}

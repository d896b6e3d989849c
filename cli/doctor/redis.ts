import type { Redis } from 'ioredis';

import { messageOf } from '../../lib/errors';
import type { TrailStatus } from '../../lib/status/trail-status';
import type { AuditTrail } from '../../lib/trail/trail';
import { fail, ok, warn, worstOf } from './check';
import type { Check } from './check';
import { onRedis } from './redis-nodes';

/** XAUTOCLAIM came with it. */
const LEAST_VERSION = [6, 2] as const;

/** What a Redis says of itself. What it does not say, it may not: ACLs and managed services forbid CONFIG, some INFO. */
export interface RedisFacts {
  readonly name: string;
  readonly info: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
  /** Why it did not say all. */
  readonly refused: string | null;
}

/** Version, eviction and persistence; of several nodes all, and the worst counts. None without Redis. */
export async function redis({ settings }: AuditTrail, status: TrailStatus): Promise<Check[]> {
  const facts = await onRedis(settings, status, (nodes) =>
    Promise.all(nodes.map((node) => factsOf(node.name, node.redis))),
  );
  return facts ? judgeRedis(facts) : [];
}

/** What is to be said of some nodes. */
export function judgeRedis(nodes: readonly RedisFacts[]): Check[] {
  return [version, eviction, persistence].map((look) => merged(nodes, nodes.map(look)));
}

function version({ info }: RedisFacts): Check {
  const name = 'redis version';
  const found = info.redis_version;
  if (found === undefined)
    return warn(
      name,
      'unknown: INFO is forbidden',
      `See by hand that it is ${LEAST_VERSION.join('.')} or newer.`,
    );
  const [major = 0, minor = 0] = found.split('.').map(Number);
  const isOld = major < LEAST_VERSION[0] || (major === LEAST_VERSION[0] && minor < LEAST_VERSION[1]);
  if (!isOld) return ok(name, found);
  return fail(
    name,
    `${found} lacks commands that workers need`,
    `Upgrade Redis to ${LEAST_VERSION.join('.')} or newer.`,
  );
}

function eviction({ info, config }: RedisFacts): Check {
  const name = 'redis eviction';
  const policy = info.maxmemory_policy ?? config['maxmemory-policy'];
  if (policy === undefined)
    return warn(
      name,
      'unknown: INFO and CONFIG are forbidden',
      'See by hand that maxmemory-policy is noeviction.',
    );
  if (policy === 'noeviction') return ok(name, `maxmemory-policy ${policy}`);
  return fail(
    name,
    `maxmemory-policy ${policy}: a full Redis throws records away, which then come late, from the journals`,
    'Set maxmemory-policy to noeviction, or use a Redis of its own for the trail.',
  );
}

function persistence({ info, config, refused }: RedisFacts): Check {
  const name = 'redis persistence';
  const failed = ['rdb_last_bgsave_status', 'aof_last_bgrewrite_status', 'aof_last_write_status'].filter(
    (field) => info[field] === 'err',
  );
  if (failed.length > 0)
    return fail(
      name,
      `Redis cannot write to its disk (${failed.join(', ')})`,
      "See Redis's log, and make room on its disk.",
    );
  const isAof = info.aof_enabled === undefined ? config.appendonly === 'yes' : info.aof_enabled === '1';
  if (isAof) return appendOnly(name, config.appendfsync, refused);
  if (config.save !== undefined && config.save !== '')
    return ok(
      name,
      `RDB (save ${config.save}); what came after the last snapshot is sent again from the journals`,
    );
  if (config.save === undefined)
    return warn(
      name,
      `appendonly is ${info.aof_enabled === undefined ? 'unknown' : 'off'}, and CONFIG is forbidden: ${refused}`,
      'See by hand that appendonly is yes with appendfsync everysec, or that snapshots are on (save).',
    );
  return warn(
    name,
    'neither AOF nor RDB: after a restart all is sent again from the journals, as far as their hosts are still there',
    'Set appendonly to yes with appendfsync everysec.',
  );
}

function appendOnly(name: string, appendfsync: string | undefined, refused: string | null): Check {
  if (appendfsync === undefined)
    return warn(
      name,
      `AOF; CONFIG is forbidden: ${refused}`,
      'See by hand that appendfsync is everysec or always.',
    );
  if (appendfsync !== 'no') return ok(name, `AOF, appendfsync ${appendfsync}`);
  return warn(
    name,
    'AOF, appendfsync no: a power cut may take half a minute, which is then sent again from the journals',
    'Set appendfsync to everysec.',
  );
}

/** Of several nodes, with their names where they differ. */
function merged(nodes: readonly RedisFacts[], checks: readonly Check[]): Check {
  const [first] = checks as readonly [Check];
  const verdict = worstOf(checks);
  const remedy = checks.find((check) => check.verdict === verdict)?.remedy ?? null;
  const isSame = checks.every(({ detail }) => detail === first.detail);
  const detail = isSame
    ? first.detail
    : checks.map((check, index) => `${nodes[index]?.name}: ${check.detail}`).join('; ');
  return { name: first.name, verdict, detail, remedy };
}

async function factsOf(name: string, node: Redis): Promise<RedisFacts> {
  let refused: string | null = null;
  const asked = async <T>(question: Promise<T>): Promise<T | undefined> => {
    try {
      return await question;
    } catch (error) {
      refused ??= messageOf(error);
      return undefined;
    }
  };
  const info = (await asked(node.info())) ?? '';
  const config: Record<string, string> = {};
  // One at a time: before Redis 7 it takes no more.
  for (const setting of ['maxmemory-policy', 'appendonly', 'appendfsync', 'save']) {
    const [, value] = (await asked(configOf(node, setting))) ?? [];
    if (value !== undefined) config[setting] = value;
  }
  const lines = [...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(
    ([, field = '', value = '']) => [field, value] as const,
  );
  return { name, info: Object.fromEntries(lines), config, refused };
}

async function configOf(node: Redis, setting: string): Promise<string[]> {
  return await node.config('GET', setting);
}

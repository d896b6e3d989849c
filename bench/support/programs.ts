import { randomUUID } from 'node:crypto';
import path from 'node:path';

import type { DriverName } from '../../lib';

/** Programs that are run as processes of their own. */
export const APPLICATION = path.join(__dirname, 'application/child.js');
export const AUDIT = path.join(__dirname, '../../cli/main.js');

export interface TrailPlace {
  /** None: there is no trail. */
  readonly driver: DriverName | undefined;
  readonly databaseUrl: string;
  readonly redisUrl?: string | undefined;
  /** What its keys in Redis begin with; default one that nobody else has. */
  readonly redisKey?: string | undefined;
  /** For the journal. */
  readonly dir: string;
}

/** The environment that tells such a program where the trail lives. */
export function trailEnvironment(place: TrailPlace): NodeJS.ProcessEnv {
  return {
    ...process.env,
    DATABASE_URL: place.databaseUrl,
    AUDIT_DRIVER: place.driver,
    AUDIT_DIR: place.dir,
    AUDIT_REDIS_URL: place.redisUrl,
    AUDIT_REDIS_KEY: place.redisKey ?? `bench-${randomUUID()}`,
  };
}

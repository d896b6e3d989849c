import type { Sequelize } from 'sequelize';

import { AuditError } from '../errors';

/** The oldest release whose inside is known here; `spec/compatibility` runs against it and the newest. */
export const LOWEST_SEQUELIZE = '6.37.0';

/**
 * Throws AUDIT_SEQUELIZE_VERSION for a Sequelize whose inside this folder does not know: better no
 * audit than a wrong one.
 */
export function assertKnownSequelize(sequelize: Sequelize): void {
  const { version } = sequelize.constructor as { version?: unknown };
  const [, major, minor] = /^(\d+)\.(\d+)\./.exec(String(version)) ?? [];
  const [, lowestMajor, lowestMinor] = /^(\d+)\.(\d+)\./.exec(LOWEST_SEQUELIZE) ?? [];
  if (major === lowestMajor && Number(minor) >= Number(lowestMinor)) return;
  throw new AuditError(
    'AUDIT_SEQUELIZE_VERSION',
    `Sequelize ${typeof version === 'string' ? version : 'of an unknown version'} is not supported: auditing needs ` +
      `Sequelize 6, ${LOWEST_SEQUELIZE} or newer. npm install sequelize@6`,
  );
}

import type { Sequelize } from 'sequelize';

import { assertKnownKeys } from '../known-names';
import { onlyTrail, trailOf } from '../trail/registry';
import { AuditWorker } from './audit-worker';
import type { AuditWorkerHandle } from './handle';
import { ThreadedWorker } from './thread';

export interface StartWorkerOptions {
  /** Whose trail; default that of the only Sequelize instance that is audited. */
  sequelize?: Sequelize;
  /** In a worker_thread with connections of its own (default), or on the application's event loop. */
  inThread?: boolean;
}

/**
 * Starts a worker inside the application. Resolves when it takes records; it does not keep the process
 * alive. For larger deployments run `audit work` instead, as often as needed.
 *
 * Throws AUDIT_NOT_CONFIGURED, AUDIT_NOT_MIGRATED, AUDIT_DATABASE, AUDIT_THREAD, AUDIT_OPTION.
 */
export async function startAuditWorker(options: StartWorkerOptions = {}): Promise<AuditWorkerHandle> {
  assertKnownKeys(options, ['sequelize', 'inThread'], 'option of startAuditWorker');
  const trail = options.sequelize ? trailOf(options.sequelize) : onlyTrail();
  const worker = options.inThread === false ? new AuditWorker(trail) : new ThreadedWorker(trail);
  try {
    await worker.start();
  } catch (error) {
    await worker.stop({ graceMs: 0 });
    throw error;
  }
  return worker;
}

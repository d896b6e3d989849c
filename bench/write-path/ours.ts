import { AuditWorker, configureAudit, withAudit, withoutAudit } from '../../lib';
import type { DriverName } from '../../lib';
import { ALARM } from '../support/alarm';
import type { Keeping } from './keeper';

/** The longest time that a worker may need for what a case has left. */
const PATIENCE_MS = 120_000;

/** `stored`: what is put off is done only when a worker has stored it; there has to be one. */
export function ours(driver: DriverName, { stored }: { stored: boolean }): Keeping {
  return async ({ sequelize, Product }, { redisUrl, redisKey, dir }) => {
    const options = { driver, redis: redisUrl, redisKey, dir, logger: ALARM };
    const trail = configureAudit(sequelize, options);
    await trail.migrate();
    withAudit(Product);
    return {
      quietly: withoutAudit,
      settle: () => trail.flush({ stored, timeoutMs: PATIENCE_MS }),
      async records() {
        const worker = new AuditWorker(trail);
        await worker.start();
        await trail.flush({ stored: true, timeoutMs: PATIENCE_MS });
        await worker.stop();
        return trail.Audit.count();
      },
      close: () => trail.close(),
    };
  };
}

import type { Model, ModelStatic, Sequelize } from 'sequelize';

import { configureAudit, startAuditWorker, withAudit } from '../../../lib';
import { directoriesOf } from '../../../lib/buffer/directories';

/** What auditing adds to the application. */
export interface Audited {
  /** The folder of the journal. */
  readonly journal: string;
  close(): Promise<void>;
}

/** Audits a model; the settings are in the environment. A file of its own: an application without audits does not load the package. */
export async function audit(
  sequelize: Sequelize,
  model: ModelStatic<Model>,
  { inThread }: { inThread: boolean },
): Promise<Audited> {
  const trail = configureAudit(sequelize);
  withAudit(model);
  const worker = inThread ? await startAuditWorker() : undefined;
  return {
    journal: directoriesOf(trail.settings.dir).journal,
    async close() {
      // What waits on disk is drained by whoever comes next.
      await worker?.stop({ drain: false });
      await trail.close();
    },
  };
}

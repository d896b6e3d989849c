import { quietly } from '../keeper';
import type { Keeping } from '../keeper';

/** sequelize-paper-trail with its own settings: a hook that awaits an INSERT of the whole row. */
export const paperTrail: Keeping = async ({ sequelize, Product }) => {
  // It replaces the global Promise, which nobody else is to pay for: only here, in a process of its own.
  const { withPaperTrail } = await import('../../../spec/support/paper-trail.js');
  withPaperTrail(sequelize, [Product]);
  await sequelize.model('Revision').sync();
  return {
    quietly,
    settle: () => Promise.resolve(),
    records: () => sequelize.model('Revision').count(),
    close: () => Promise.resolve(),
  };
};

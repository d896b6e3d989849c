import { DataTypes } from 'sequelize';

import { quietly } from '../keeper';
import type { Keeping } from '../keeper';
import { changeOf } from './change';

/** A hook that awaits an INSERT of its own, in the transaction of the change if there is one. */
export const awaitedCreate: Keeping = async ({ sequelize, Product }) => {
  const Audit = sequelize.define(
    'Audit',
    {
      id: { type: DataTypes.UUID, primaryKey: true },
      event: DataTypes.STRING,
      auditableType: DataTypes.STRING,
      auditableId: DataTypes.STRING,
      oldValues: DataTypes.JSONB,
      newValues: DataTypes.JSONB,
      createdAt: DataTypes.DATE,
    },
    { timestamps: false, indexes: [{ fields: ['auditableType', 'auditableId'] }, { fields: ['createdAt'] }] },
  );
  await Audit.sync();
  Product.addHook('afterUpdate', async (row, { transaction }) => {
    await Audit.create({ ...changeOf(row) }, { transaction });
  });
  return {
    quietly,
    settle: () => Promise.resolve(),
    records: () => Audit.count(),
    close: () => Promise.resolve(),
  };
};

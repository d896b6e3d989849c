import { DataTypes } from 'sequelize';
import type { Model, ModelStatic, Sequelize } from 'sequelize';

import type { Item } from '../ledger';

export type Items = ModelStatic<Model & Item>;

/** The one table that the application has. */
export function defineItems(sequelize: Sequelize): Items {
  return sequelize.define<Model & Item>(
    'Item',
    {
      id: { type: DataTypes.STRING(60), primaryKey: true },
      version: { type: DataTypes.INTEGER, allowNull: false },
      text: { type: DataTypes.TEXT, allowNull: false },
    },
    { timestamps: false, tableName: 'items' },
  );
}

import type { Sequelize } from 'sequelize';

import { optionsOf } from './sequelize';
import type { FieldValues, WriteOptions } from './write-port';

/**
 * The values that Sequelize really sends of those given to an UPDATE (`Utils.removeNullValuesFromHash`): with its
 * option `omitNull` no NULL, but of columns whose name ends in `Id`, and of those that an association allows it for.
 */
export function sentByUpdate(sequelize: Sequelize, values: FieldValues, options: WriteOptions): FieldValues {
  const { omitNull, allowNull } = options as { omitNull?: boolean; allowNull?: readonly string[] };
  return (omitNull ?? optionsOf(sequelize).omitNull) ? withoutNull(values, allowNull ?? []) : values;
}

/** The same for an INSERT of one row, where the option of a call is not asked for. */
export function sentByInsert(sequelize: Sequelize, values: FieldValues): FieldValues {
  return optionsOf(sequelize).omitNull ? withoutNull(values, []) : values;
}

function withoutNull(values: FieldValues, allowNull: readonly string[]): FieldValues {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([field, value]) =>
        allowNull.includes(field) || field.endsWith('Id') || (value !== null && value !== undefined),
    ),
  );
}

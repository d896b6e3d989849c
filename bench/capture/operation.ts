import { Op } from 'sequelize';
import type { Model, ModelStatic, Sequelize, WhereOptions } from 'sequelize';

import { productValues, unique } from './models';
import type { Models } from './models';

/** Where an operation is done. */
export interface Workplace extends Models {
  readonly sequelize: Sequelize;
  /** Work that prepares the next measurement, and is not audited in any variant. */
  quietly<T>(work: () => Promise<T>): Promise<T>;
}

/** Something that an application does, and that is measured. */
export interface Operation {
  readonly name: string;
  /** Whose table it works on. */
  readonly model: 'Product' | 'Sourced' | 'Paranoid';
  /** Rows that the table holds in the beginning. */
  readonly rows: number;
  /** Rows that it changes each time, and so the records that it has to make. */
  readonly records: number;
  /** How many of them make a round: enough to be longer than the clock's noise. */
  readonly perRound: number;
  /** Prepares that many of them, unmeasured and not audited. */
  prepare(shop: Workplace, times: number): Promise<(() => Promise<unknown>)[]>;
}

/** So many new rows, as instances of their model. */
export async function insert(shop: Workplace, model: ModelStatic<Model>, count: number): Promise<Model[]> {
  const before = (await model.max<number | null, Model>('id', { paranoid: false } as object)) ?? 0;
  await shop.quietly(() => model.bulkCreate(times(count, productValues)));
  // Not what bulkCreate returns: on some databases that has no keys.
  return model.findAll({ where: { id: { [Op.gt]: before } }, order: ['id'] });
}

/** The rows with these neighbouring keys. */
export function rowsBetween(first: Model | undefined, last: Model | undefined): WhereOptions {
  return { id: { [Op.between]: [first?.get('id') as number, last?.get('id') as number] } };
}

export function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

/** Empties the tables and fills them again, so that no operation finds what another has left. */
export async function reset(shop: Workplace, { model, rows }: Operation): Promise<void> {
  await shop.sequelize.sync({ force: true });
  await shop.quietly(() => shop[model].bulkCreate(times(rows, productValues)));
  await shop.quietly(() => shop.Tag.create({ name: `Tag ${unique()}` }));
}

import type { Model } from 'sequelize';

import { changedValues, productValues } from './models';
import { insert, rowsBetween, times } from './operation';
import type { Operation } from './operation';

/** On many rows with one call. */
export const SET_OPERATIONS: readonly Operation[] = [
  bulkCreate(1000),
  bulkCreate(10_000),
  {
    name: 'bulkCreate, 100 rows, ignoreDuplicates: 50',
    model: 'Product',
    rows: 1000,
    records: 50,
    perRound: 5,
    prepare: async (shop, count) => {
      const sets = halves(await insert(shop, shop.Product, 50 * count));
      return sets.map((rows) => () => shop.Product.bulkCreate(rows, { ignoreDuplicates: true }));
    },
  },
  {
    name: 'bulkCreate, 100 rows, updateOnDuplicate: 50',
    model: 'Product',
    rows: 1000,
    records: 100,
    perRound: 5,
    prepare: async (shop, count) => {
      const options = {
        updateOnDuplicate: ['name', 'price', 'stock', 'updatedAt'],
        conflictAttributes: ['sku'],
      };
      const sets = halves(await insert(shop, shop.Product, 50 * count));
      return sets.map((rows) => () => shop.Product.bulkCreate(rows, { ...options }));
    },
  },
  modelUpdate(1, 20),
  modelUpdate(100, 5),
  modelUpdate(10_000, 1),
  {
    name: 'Model.destroy, 100 rows',
    model: 'Product',
    rows: 1000,
    records: 100,
    perRound: 5,
    prepare: async (shop, count) => {
      const rows = await insert(shop, shop.Product, 100 * count);
      return times(count, (set) => {
        const where = rowsBetween(rows[100 * set], rows[100 * set + 99]);
        return () => shop.Product.destroy({ where });
      });
    },
  },
];

function bulkCreate(records: number): Operation {
  return {
    name: `bulkCreate, ${records.toLocaleString('en-US')} rows`,
    model: 'Product',
    rows: 1000,
    records,
    perRound: 1,
    prepare: ({ Product }, count) =>
      Promise.resolve(
        times(count, () => times(records, productValues)).map((rows) => () => Product.bulkCreate(rows)),
      ),
  };
}

function modelUpdate(records: number, perRound: number): Operation {
  return {
    name: `Model.update, ${records.toLocaleString('en-US')} ${records === 1 ? 'row' : 'rows'}`,
    model: 'Product',
    rows: Math.max(1000, records),
    records,
    perRound,
    prepare: async ({ Product }, count) => {
      const rows = await Product.findAll({ attributes: ['id'], order: ['id'], limit: records });
      const where = rowsBetween(rows[0], rows.at(-1));
      return times(count, changedValues).map((values) => () => Product.update(values, { where }));
    },
  };
}

/** Sets of a hundred rows: fifty that are there already, with other values, and fifty new ones. */
function halves(existing: readonly Model[]): Record<string, unknown>[][] {
  return times(existing.length / 50, (set) => [
    ...existing
      .slice(50 * set, 50 * set + 50)
      .map((row) => ({ ...productValues(), ...changedValues(), sku: row.get('sku') })),
    ...times(50, productValues),
  ]);
}

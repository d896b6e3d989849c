import type { Model, ModelStatic } from 'sequelize';

import { changedValues, productValues, unique } from './models';
import { insert, times } from './operation';
import type { Operation, Workplace } from './operation';

const ROW = { model: 'Product', rows: 1000, records: 1, perRound: 20 } as const;

/** On one row; a reading one among them, which must cost nothing. */
export const ROW_OPERATIONS: readonly Operation[] = [
  {
    ...ROW,
    name: 'findByPk',
    records: 0,
    prepare: ({ Product }, count) =>
      Promise.resolve(times(count, () => () => Product.findByPk(1 + (unique() % 1000)))),
  },
  {
    ...ROW,
    name: 'findAll, 100 rows',
    records: 0,
    perRound: 5,
    prepare: ({ Product }, count) =>
      Promise.resolve(times(count, () => () => Product.findAll({ limit: 100 }))),
  },
  {
    ...ROW,
    name: 'create',
    prepare: ({ Product }, count) =>
      Promise.resolve(times(count, productValues).map((values) => () => Product.create(values))),
  },
  {
    ...ROW,
    name: 'update',
    prepare: (shop, count) => updates(shop, shop.Product, count),
  },
  {
    ...ROW,
    name: "update, oldValues: 'database'",
    model: 'Sourced',
    prepare: (shop, count) => updates(shop, shop.Sourced, count),
  },
  {
    ...ROW,
    name: 'destroy',
    prepare: async (shop, count) =>
      (await insert(shop, shop.Product, count)).map((product) => () => product.destroy()),
  },
  {
    ...ROW,
    name: 'destroy, paranoid',
    model: 'Paranoid',
    prepare: async (shop, count) =>
      (await insert(shop, shop.Paranoid, count)).map((product) => () => product.destroy()),
  },
  {
    ...ROW,
    name: 'upsert, new row',
    prepare: ({ Product }, count) =>
      Promise.resolve(
        times(count, productValues).map(
          (values) => () => Product.upsert(values, { conflictFields: ['sku'] }),
        ),
      ),
  },
  {
    ...ROW,
    name: 'upsert, existing row',
    prepare: async (shop, count) =>
      (await insert(shop, shop.Product, count)).map((product) => {
        const values = { ...productValues(), ...changedValues(), sku: product.get('sku') };
        return () => shop.Product.upsert(values, { conflictFields: ['sku'] });
      }),
  },
  {
    ...ROW,
    name: 'increment',
    prepare: async (shop, count) =>
      (await insert(shop, shop.Product, count)).map((product) => () => product.increment('stock')),
  },
  {
    ...ROW,
    name: 'belongsToMany add',
    prepare: async (shop, count) => {
      const tag = await shop.Tag.findOne({ rejectOnEmpty: true });
      const products = (await insert(shop, shop.Product, count)) as ProductInstance[];
      return products.map((product) => () => product.addTag(tag));
    },
  },
];

/** With what the association adds to it. */
type ProductInstance = Model & { addTag(tag: Model): Promise<void> };

async function updates(
  shop: Workplace,
  model: ModelStatic<Model>,
  count: number,
): Promise<(() => Promise<unknown>)[]> {
  const products = await insert(shop, model, count);
  return products.map((product) => {
    const values = changedValues();
    return () => product.update(values);
  });
}

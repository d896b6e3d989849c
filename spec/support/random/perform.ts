import { Op } from 'sequelize';
import type { Model, ModelStatic, Transaction, WhereOptions } from 'sequelize';

import type { Oracle } from '../oracle/oracle';
import type { Call } from './calls';
import { decoded } from './encoded';
import type { Kept } from './kept';
import type { Library } from './library';
import type { Operation } from './script';

/** Where an operation takes place. */
export interface Scene {
  readonly models: Library;
  readonly transaction: Transaction | undefined;
  readonly kept: Kept;
  readonly oracle: Oracle;
}

type Perform = (scene: Scene, operation: Operation) => Promise<unknown>;

/** What every operation of a script does. Operations on a row do nothing where there is none. */
export const PERFORM: Record<Call, Perform> = {
  create: async (scene, operation) =>
    scene.kept.add(await modelOf(scene, operation).create(decoded(operation.values), within(scene, operation))),
  createWithOthers: ({ models, transaction }, operation) => {
    const { Author, Book } = models;
    const books = (operation.more ?? []).map(decoded);
    const values = decoded(operation.values);
    if (operation.model === 'Author') return Author.create({ ...values, books }, { transaction: transaction ?? null, include: ['books'] });
    return Book.create({ ...books[0], tags: operation.model === 'Tag' ? [values] : [] }, { transaction: transaction ?? null, include: ['tags'] });
  },
  bulkCreate: (scene, operation) =>
    modelOf(scene, operation).bulkCreate((operation.more ?? []).map(decoded), within(scene, operation)),
  save: async (scene, operation) => {
    const instance = await found(scene, operation);
    let isWritten = false;
    for (const values of [operation.values, ...(operation.more ?? [])]) {
      isWritten = (await write(instance, scene, { ...operation, values: values ?? {} })) || isWritten;
    }
    if (instance && isWritten) scene.kept.add(instance);
  },
  saveKept: async (scene, operation) => {
    const instance = scene.kept.take(operation.model, operation.row);
    await write(instance, scene, operation);
    if (instance) scene.kept.add(instance);
  },
  saveUndone: async (scene, operation) => {
    const instance = scene.kept.takeUndone(operation.model, operation.row);
    await write(instance, scene, operation);
    if (instance) scene.kept.add(instance);
  },
  destroyKept: async (scene, operation) =>
    scene.kept.take(operation.model, operation.row)?.destroy(within(scene, operation)),
  incrementKept: async (scene, operation) =>
    scene.kept.take(operation.model, operation.row)?.increment(decoded(operation.values) as Record<string, number>, within(scene)),
  destroy: async (scene, operation) => (await found(scene, operation))?.destroy(within(scene, operation)),
  restore: async (scene, operation) => {
    const book = await rowOf(scene, scene.models.Book, operation.row, { paranoid: false });
    await book?.restore(within(scene));
  },
  incrementOne: async (scene, operation) =>
    (await found(scene, operation))?.increment(decoded(operation.values) as Record<string, number>, within(scene, operation)),
  updateSet: (scene, operation) =>
    modelOf(scene, operation).update(decoded(operation.values), { ...within(scene, operation), where: where(operation) }),
  changeKey: async (scene, { row, values }) => {
    const { Tag } = scene.models;
    const tag = await rowOf(scene, Tag, row);
    if (tag) await Tag.update(decoded(values), { where: { code: tag.get('code') as string }, ...within(scene) });
  },
  destroySet: (scene, operation) =>
    modelOf(scene, operation).destroy({ ...within(scene, operation), where: where(operation) }),
  restoreSet: (scene, operation) => scene.models.Book.restore({ ...within(scene), where: where(operation) }),
  incrementSet: (scene, operation) =>
    modelOf(scene, operation).increment(decoded(operation.values) as Record<string, number>, { ...within(scene, operation), where: where(operation) }),
  decrementSet: (scene, operation) =>
    modelOf(scene, operation).decrement(decoded(operation.values) as Record<string, number>, { ...within(scene, operation), where: where(operation) }),
  upsert: (scene, operation) => modelOf(scene, operation).upsert(decoded(operation.values), within(scene, operation)),
  findOrCreate: (scene, operation) => {
    const { name, isbn, code, bookId, tagCode, ...defaults } = decoded(operation.values);
    const unique = { Author: { name }, Book: { isbn }, Tag: { code }, BookTag: { bookId, tagCode }, Note: {} }[operation.model];
    const given = Object.entries(unique).filter(([, value]) => value !== undefined);
    return modelOf(scene, operation).findOrCreate({
      where: Object.fromEntries(given),
      defaults,
      // The unique attribute of a deleted book is taken too.
      ...(operation.model === 'Book' ? { paranoid: false } : {}),
      ...within(scene),
    });
  },
  truncate: async (scene, operation) => {
    const model = modelOf(scene, operation);
    // A mark of deletion is an update of all rows.
    const isReal = !model.options.paranoid || operation.options?.force === true;
    if (isReal) await scene.oracle.tellTruncation(model, scene.transaction);
    await model.destroy({ ...within(scene, operation), truncate: true });
  },
  setTags: (scene, operation) => associate(scene, operation, 'Book', 'setTags', 'Tag'),
  addTag: (scene, operation) => associate(scene, operation, 'Book', 'addTags', 'Tag', { through: decoded(operation.values) }),
  removeTag: (scene, operation) => associate(scene, operation, 'Book', 'removeTags', 'Tag'),
  setAuthor: async (scene, operation) => {
    const book = await rowOf(scene, scene.models.Book, operation.row);
    const author = await rowOf(scene, scene.models.Author, rowsOf(operation)[0]);
    if (book) await method(book, 'setAuthor')(author, within(scene));
  },
  addBooks: (scene, operation) => associate(scene, operation, 'Author', 'addBooks', 'Book'),
}; // prettier-ignore

/** Whether there was anything to write. */
async function write(
  instance: Model | null | undefined,
  scene: Scene,
  operation: Operation,
): Promise<boolean> {
  const values = decoded(operation.values);
  const isChanged = instance?.set(values).changed() !== false;
  await instance?.update(values, within(scene, operation));
  return isChanged;
}

async function associate(
  scene: Scene,
  operation: Operation,
  source: keyof Library,
  name: string,
  target: keyof Library,
  options: object = {},
): Promise<void> {
  const instance = await rowOf(scene, scene.models[source], operation.row);
  const others: Model[] = [];
  for (const row of rowsOf(operation)) {
    const other = await rowOf(scene, scene.models[target], row);
    if (other && !others.some((one) => one.equals(other))) others.push(other);
  }
  if (instance) await method(instance, name)(others, { ...within(scene), ...options });
}

function rowsOf({ options }: Operation): readonly number[] {
  return (options?.rows ?? []) as readonly number[];
}

/** The methods that associations put on instances, which Sequelize does not declare for define(). */
function method(instance: Model, name: string): (...args: unknown[]) => Promise<unknown> {
  const methods = instance as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  return methods[name]!.bind(instance);
}

function modelOf(scene: Scene, { model }: Operation): ModelStatic<Model> {
  return scene.models[model];
}

function within({ transaction }: Scene, { options = {} }: Partial<Operation> = {}): object {
  return transaction ? { ...options, transaction } : { ...options };
}

function where({ where }: Operation): WhereOptions {
  return where ? { [where.attribute]: { [Op[where.is]]: where.value } } : {};
}

function found(scene: Scene, operation: Operation): Promise<Model | null> {
  return rowOf(scene, modelOf(scene, operation), operation.row);
}

/** Read anew for every operation: what the instance holds is what the row holds. */
async function rowOf(
  scene: Scene,
  model: ModelStatic<Model>,
  row = 0,
  options: object = {},
): Promise<Model | null> {
  const settings = { ...within(scene), ...options };
  const count = await model.count(settings);
  if (count === 0) return null;
  const order = [...model.primaryKeyAttributes];
  return model.findOne({ ...settings, order, offset: row % count });
}

import { DataTypes, Op } from 'sequelize';
import type { Model, ModelStatic, Sequelize, Transaction } from 'sequelize';

import { withAudit } from '../../../lib';
import type { Stage } from '../stage';
import type { Random } from './prng';

export type StorehouseName = 'Shelf' | 'Crate' | 'Item' | 'Owner' | 'Folder';
export type Storehouse = Record<StorehouseName, ModelStatic<Model>>;

/** By which attribute rows refer to which others. */
const REFERENCES: Record<StorehouseName, Readonly<Record<string, StorehouseName>>> = {
  Shelf: {},
  Crate: { shelfId: 'Shelf' },
  Item: { crateId: 'Crate', ownerId: 'Owner' },
  Owner: {},
  Folder: { parentId: 'Folder' },
};
/** As often as they are named. */
const NAMES = ['Shelf', 'Crate', 'Crate', 'Item', 'Item', 'Item', 'Owner', 'Folder', 'Folder'] as const;

/** Models whose rows the database deletes with others, over two tables and within one, or nulls. */
export function storehouse(sequelize: Sequelize): Storehouse {
  const define = (name: StorehouseName): ModelStatic<Model> =>
    withAudit(sequelize.define(name, { name: DataTypes.STRING }, { timestamps: false }), { cascade: true });
  const [Shelf, Crate, Item, Owner, Folder] = [define('Shelf'), define('Crate'), define('Item'), define('Owner'), define('Folder')];
  Shelf.hasMany(Crate, { foreignKey: 'shelfId', onDelete: 'CASCADE' });
  Crate.hasMany(Item, { foreignKey: 'crateId', onDelete: 'CASCADE' });
  Owner.hasMany(Item, { foreignKey: 'ownerId', onDelete: 'SET NULL' });
  Folder.hasMany(Folder, { foreignKey: 'parentId', onDelete: 'CASCADE' });
  return { Shelf, Crate, Item, Owner, Folder };
} // prettier-ignore

/** Fills and clears a storehouse at random. */
export class Storekeeper {
  /** What it has done, a line each. */
  readonly log: string[] = [];

  constructor(
    private readonly stage: Stage<Storehouse>,
    private readonly random: Random,
  ) {}

  async work(operations: number): Promise<void> {
    for (let left = operations; left > 0;) {
      const count = Math.min(left, this.random.between(1, 8));
      if (this.random.chance(0.4)) await this.some(count);
      else await this.block(count);
      left -= count;
    }
  }

  private async block(count: number, outer?: Transaction): Promise<void> {
    const { sequelize } = this.stage;
    const transaction = await (outer ? sequelize.transaction({ transaction: outer }) : sequelize.transaction());
    this.log.push('begin');
    await this.some(count, transaction);
    if (!outer && this.random.chance(0.4)) await this.block(2, transaction);
    await this.some(1, transaction);
    const ends = this.random.chance(0.7) ? 'commit' : 'rollback';
    this.log.push(ends);
    await transaction[ends]();
  } // prettier-ignore

  private async some(count: number, transaction?: Transaction): Promise<void> {
    for (let done = 0; done < count; done += 1) await this.one(transaction);
  }

  private async one(transaction?: Transaction): Promise<void> {
    const name = this.random.pick<StorehouseName>(NAMES);
    const call = this.random.pick(['create', 'create', 'createMany', 'move', 'rename', 'destroy', 'destroySet'] as const);
    const model = this.stage.models[name];
    const options = transaction ? { transaction } : {};
    const rows = await this.rows(name, options);
    const [row] = rows;
    const where = { id: { [Op.in]: rows.map(({ id }) => id) } };
    this.log.push(`${call} ${name} ${rows.map(({ id }) => id).join(', ')}`);
    if (call === 'create') await model.create(await this.values(name, options), options);
    else if (call === 'createMany') {
      await model.bulkCreate([await this.values(name, options), await this.values(name, options)], options);
    } else if (call === 'rename') await model.update({ name: this.name() }, { where, ...options });
    else if (call === 'move') await row?.instance.update(await this.values(name, options, row.id), options);
    else {
      const erase = (own?: Transaction): Promise<unknown> => {
        const within = { ...(own ? { transaction: own } : {}), hooks: this.random.chance(0.8) };
        return call === 'destroySet' ? model.destroy({ where, ...within }) : (row?.instance.destroy(within) ?? Promise.resolve());
      };
      await this.stage.oracle.tellCascades(erase, transaction);
    }
  } // prettier-ignore

  /** Up to three rows that are there. */
  private async rows(name: StorehouseName, options: object): Promise<{ id: number; instance: Model }[]> {
    const all = await this.stage.models[name].findAll({ order: ['id'], ...options });
    const chosen = all.length === 0 ? [] : this.random.list(1, 3, () => this.random.pick(all));
    return [...new Set(chosen)].map((instance) => ({ id: instance.get('id') as number, instance }));
  }

  /** A row refers to one that is older: so there are no circles. */
  private async values(
    name: StorehouseName,
    options: object,
    below = Infinity,
  ): Promise<Record<string, unknown>> {
    const values: Record<string, unknown> = { name: this.name() };
    for (const [attribute, target] of Object.entries(REFERENCES[name])) {
      const [row] = this.random.chance(0.9) ? await this.rows(target, options) : [];
      values[attribute] = row && (target !== name || row.id < below) ? row.id : null;
    }
    return values;
  }

  private name(): string {
    return `n${this.random.below(20)}`;
  }
}

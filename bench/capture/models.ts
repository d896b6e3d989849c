import { DataTypes } from 'sequelize';
import type { Model, ModelAttributes, ModelStatic, Sequelize } from 'sequelize';

/** The models that the operations work on; every variant has its own copy, in a database of its own. */
export interface Models {
  readonly Product: ModelStatic<Model>;
  /** As Product; audited, its old values come from the database. */
  readonly Sourced: ModelStatic<Model>;
  /** As Product, but its rows are only marked as deleted. */
  readonly Paranoid: ModelStatic<Model>;
  readonly Tag: ModelStatic<Model>;
  /** Which product has which tag. */
  readonly ProductTag: ModelStatic<Model>;
}

/** With both timestamps, ten columns. Made anew for each model: Sequelize completes what it is given. */
function columns(): ModelAttributes {
  return {
    id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true },
    sku: { type: DataTypes.STRING(40), allowNull: false, unique: true },
    name: DataTypes.STRING(80),
    description: DataTypes.TEXT,
    price: DataTypes.DECIMAL(10, 2),
    stock: DataTypes.INTEGER,
    active: DataTypes.BOOLEAN,
    details: DataTypes.JSON,
  };
}

export function defineModels(sequelize: Sequelize): Models {
  const Product = sequelize.define('Product', columns());
  const Sourced = sequelize.define('Sourced', columns());
  const Paranoid = sequelize.define('Paranoid', columns(), { paranoid: true });
  const Tag = sequelize.define('Tag', { name: DataTypes.STRING(40) });
  const ProductTag = sequelize.define('ProductTag', {});
  Product.belongsToMany(Tag, { through: ProductTag });
  return { Product, Sourced, Paranoid, Tag, ProductTag };
}

let serial = 0;

/** A number that was not there before in this process, so that every change is one. */
export function unique(): number {
  return ++serial;
}

/** The values of a new product. */
export function productValues(): Record<string, unknown> & { sku: string } {
  const number = unique();
  return {
    sku: `SKU-${number}`,
    name: `Product ${number}`,
    description:
      'A product like many others, with a description of about a hundred characters, as most have it.',
    price: `${number % 1000}.95`,
    stock: number % 500,
    active: true,
    details: { colour: 'green', weight: 1.5, sizes: ['S', 'M', 'L'] },
  };
}

/** What changes of a product, of ten columns four (updatedAt with them). */
export function changedValues(): Record<string, unknown> {
  const number = unique();
  return { name: `Product ${number}`, price: `${number % 1000}.45`, stock: number };
}

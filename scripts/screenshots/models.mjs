import { DataTypes } from 'sequelize';

/** The models of a shop that sells tea, and its staff. */
export function defineModels(sequelize) {
  const options = { timestamps: false };
  const User = sequelize.define('User', { name: DataTypes.STRING, email: DataTypes.STRING }, options);
  const Customer = sequelize.define(
    'Customer',
    { name: DataTypes.STRING, email: DataTypes.STRING, address: DataTypes.JSON },
    options,
  );
  const Product = sequelize.define(
    'Product',
    {
      name: DataTypes.STRING,
      price: DataTypes.DECIMAL(8, 2),
      stock: DataTypes.INTEGER,
      description: DataTypes.TEXT,
      details: DataTypes.JSON,
      deletedAt: DataTypes.DATE,
    },
    { paranoid: true, createdAt: false, updatedAt: false },
  );
  const Order = sequelize.define(
    'Order',
    { state: DataTypes.STRING, total: DataTypes.DECIMAL(8, 2), customerId: DataTypes.INTEGER },
    options,
  );
  const OrderLine = sequelize.define(
    'OrderLine',
    { product: DataTypes.STRING, quantity: DataTypes.INTEGER, price: DataTypes.DECIMAL(8, 2) },
    options,
  );
  OrderLine.belongsTo(Order, { as: 'order' });
  return { User, Customer, Product, Order, OrderLine };
}

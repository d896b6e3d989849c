import express from 'express';
import type { Request } from 'express';
import { DataTypes } from 'sequelize';
import type { Model, ModelStatic, Sequelize } from 'sequelize';

import { withAudit } from '../../lib';
import type { AuditOptions } from '../../lib';
import { auditContext, auditViewer } from '../../lib/integrations/express';
import type { ViewerOptions } from '../../lib/integrations/express';
import { lateUserModel } from '../support/late-user-model';
import { addressOf, listening } from '../support/web/web-app';
import type { WebApp } from '../support/web/web-app';
import { createWorld } from '../support/world';
import type { DatabaseName, World } from '../support/world';

export interface ShopModels {
  /** Deleted softly; has a JSON attribute. */
  readonly Product: ModelStatic<Model>;
  readonly Order: ModelStatic<Model>;
  /** Belongs to an order. */
  readonly Line: ModelStatic<Model>;
  readonly Customer: ModelStatic<Model>;
  /** Not audited. */
  readonly User: ModelStatic<Model>;
}

/** An application on Express whose staff sell tea, with the viewer at `/audit`. */
export interface Shop extends ShopModels {
  readonly world: World;
  /** Of the application, without a slash at its end. */
  readonly origin: string;
  /** Sends a request of a member of staff, and waits until what it changed is stored. */
  send(method: string, path: string, body?: object, user?: number): Promise<void>;
  /** The same application with another viewer, at another origin. */
  serve(viewer: Partial<ViewerOptions<Request>>): Promise<string>;
  close(): Promise<void>;
}

/** A price that is a mistake, an order with lines in one transaction, and a product that is gone. */
export async function openShop(
  database: DatabaseName,
  viewer: Partial<ViewerOptions<Request>> = {},
  options: AuditOptions = {},
): Promise<Shop> {
  const { holder, userModel } = lateUserModel();
  const world = await createWorld(database, { userModel, ...options });
  const models = defineModels(world.sequelize);
  holder.User = models.User;
  await world.sequelize.sync();
  await models.User.bulkCreate([{ name: 'Ada Byron' }, { name: 'Grace Hopper' }]);
  const apps: WebApp[] = [];
  const serve = async (more: Partial<ViewerOptions<Request>>): Promise<string> => {
    const app = await startShop(world, models, { ...viewer, ...more });
    apps.push(app);
    return addressOf(app.server);
  };
  const origin = await serve({});
  const send = async (method: string, path: string, body: object = {}, user = 1): Promise<void> => {
    const headers = { 'content-type': 'application/json', 'x-user': String(user) };
    const response = await fetch(origin + path, { method, headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`);
    await world.stored();
  };
  await send('POST', '/products', {
    name: 'Assam',
    price: 9,
    details: { grams: [100, 250], organic: false },
  });
  await send('POST', '/products', { name: 'Ceylon', price: 7, details: null });
  await send('PATCH', '/products/1', { price: 90, details: { grams: [100, 500], organic: false } }, 2);
  await send('POST', '/orders', { customer: 'Bob', products: ['Assam', 'Ceylon'] });
  await send('DELETE', '/products/2', {}, 2);
  return {
    world,
    ...models,
    origin,
    send,
    serve,
    async close() {
      for (const app of apps) await app.close();
      await world.dispose();
    },
  };
}

function defineModels(sequelize: Sequelize): ShopModels {
  // An object for each attribute: Sequelize writes to it.
  const text = () => ({ type: DataTypes.TEXT });
  const User = sequelize.define('User', { name: text() });
  const Customer = withAudit(sequelize.define('Customer', { name: text(), phone: text() }));
  const Order = withAudit(sequelize.define('Order', { state: text(), customerId: DataTypes.INTEGER }));
  const Line = sequelize.define('Line', { product: text() });
  Line.belongsTo(Order, { as: 'order' });
  withAudit(Line, { parent: 'order' });
  const Product = withAudit(
    sequelize.define(
      'Product',
      { name: text(), price: DataTypes.INTEGER, details: DataTypes.JSON },
      { paranoid: true },
    ),
  );
  return { Product, Order, Line, Customer, User };
}

function startShop(
  world: World,
  { Product, Order, Line, Customer, User }: ShopModels,
  viewer: Partial<ViewerOptions<Request>>,
): Promise<WebApp> {
  const app = express();
  app.use(auditContext());
  app.use(async (request, _response, next) => {
    Object.assign(request, { user: await User.findByPk(request.get('x-user') ?? '1') });
    next();
  });
  app.use('/audit', auditViewer<Request>({ trail: world.trail, authorize: () => true, ...viewer }));
  app.use(express.json());
  app.post('/products', async (request, response) => {
    await Product.create(request.body as Record<string, unknown>);
    response.end();
  });
  app.patch('/products/:id', async (request, response) => {
    const product = await Product.findByPk(request.params.id, { rejectOnEmpty: true });
    await product.update(request.body as object, { audit: { reason: 'new price list', tags: ['prices'] } });
    response.end();
  });
  app.delete('/products/:id', async (request, response) => {
    await Product.destroy({ where: { id: request.params.id } });
    response.end();
  });
  app.post('/orders', async (request, response) => {
    const { customer: name, products } = request.body as { customer: string; products: string[] };
    await world.sequelize.transaction(async (transaction) => {
      const customer = await Customer.create({ name, phone: '555 0100' }, { transaction });
      const order = await Order.create({ state: 'open', customerId: customer.get('id') }, { transaction });
      for (const product of products)
        await Line.create({ product, orderId: order.get('id') }, { transaction });
    });
    response.end();
  });
  return listening(app.listen(0, '127.0.0.1'));
}

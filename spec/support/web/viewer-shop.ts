import { DataTypes } from 'sequelize';
import type { Model, ModelStatic } from 'sequelize';

import { runWithAuditContext, withAudit } from '../../../lib';
import type { AuditOptions } from '../../../lib';
import { lateUserModel } from '../late-user-model';
import { createWorld } from '../world';
import type { DatabaseName, World } from '../world';
import { VIEWER_APPS } from './viewer-apps';
import type { AnyViewerOptions } from './viewer-apps';
import type { WebApp } from './web-app';

/** An order with lines, a customer, and staff who change them; and the viewer at the root of a server. */
export interface ViewerShop {
  readonly world: World;
  readonly app: WebApp;
  readonly Order: ModelStatic<Model>;
  readonly Line: ModelStatic<Model>;
  readonly Customer: ModelStatic<Model>;
  /** Another server, with other options. */
  serve(options: Partial<AnyViewerOptions>): Promise<WebApp>;
  /** Errors and warnings that were logged. */
  troubles(): string[];
  close(): Promise<void>;
}

/** A value that a page must show and never run. */
export const HOSTILE = '</script><img src=x onerror="alert(1)"> \u2028 & "quoted"';

export async function openViewerShop(
  database: DatabaseName,
  options: AuditOptions = {},
  viewer: Partial<AnyViewerOptions> = {},
): Promise<ViewerShop> {
  const { holder, userModel } = lateUserModel();
  const world = await createWorld(database, { userModel, ...options });
  const { sequelize } = world;
  // An object for each attribute: Sequelize writes to it.
  const text = () => ({ type: DataTypes.STRING });
  holder.User = sequelize.define('User', { name: text(), email: text() });
  const Customer = withAudit(sequelize.define('Customer', { name: text(), phone: text() }));
  const Order = withAudit(
    sequelize.define('Order', {
      state: text(),
      note: DataTypes.TEXT,
      price: DataTypes.INTEGER,
      details: DataTypes.JSON,
    }),
  );
  const Line = sequelize.define('Line', { product: text() });
  Line.belongsTo(Order, { as: 'order' });
  withAudit(Line, { parent: 'order' });
  await sequelize.sync();
  await holder.User.create({ id: 42, name: 'Ada', email: 'ada@example.com' });
  const apps: WebApp[] = [];
  const serve = async (more: Partial<AnyViewerOptions>): Promise<WebApp> => {
    const app = await VIEWER_APPS['plain http, at the root']!.start({
      authorize: () => true,
      trail: world.trail,
      ...viewer,
      ...more,
    });
    apps.push(app);
    return app;
  };
  await runWithAuditContext(
    {
      user: { type: 'User', id: 42 },
      requestId: 'r1',
      url: '/orders',
      ipAddress: '10.0.0.1',
      tags: ['web'],
      reason: 'new',
    },
    async () => {
      const customer = await Customer.create({ name: 'Bob', phone: '555' });
      const order = await Order.create({
        state: 'open',
        note: HOSTILE,
        price: 1,
        details: { lines: [1, 2], gift: false },
      });
      await Line.create({ product: 'Tea', orderId: order.get('id') });
      await order.update({ price: 2, details: { lines: [1, 3], gift: false } });
      await order.update({ note: 'secret' });
      await customer.update({ phone: '556' });
      await order.update({ state: 'paid' });
    },
  );
  await world.stored();
  return {
    world,
    app: await serve({}),
    Order,
    Line,
    Customer,
    serve,
    troubles: () => world.logger.lines.filter((line) => /^(error|warn)/.test(line)),
    async close() {
      for (const app of apps) await app.close();
      await world.dispose();
    },
  };
}

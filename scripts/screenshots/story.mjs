/** The day that most of the pictures show, and the moment at which they are taken. */
export const NOW = new Date('2026-03-12T15:04:30Z');

const USERS = [
  ['Ada Byron', 'ada@kettle.example'],
  ['Grace Hopper', 'grace@kettle.example'],
  ['Katherine Johnson', 'katherine@kettle.example'],
];
const TEAS = [
  ['Assam Mangalam', '12.90', 140, 'Assam', [100, 250]],
  ['Darjeeling First Flush', '24.50', 60, 'Darjeeling', [50, 100]],
  ['Sencha Uji', '18.00', 85, 'Kyoto', [100]],
  ['Earl Grey Supreme', '9.80', 210, 'Ceylon', [100, 250, 500]],
  ['Lapsang Souchong', '14.20', 44, 'Fujian', [100]],
  ['Rooibos Vanilla', '7.90', 160, 'Cederberg', [100, 250]],
];
const BROWSERS = [
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Firefox/148.0',
  'Mozilla/5.0 (X11; Linux x86_64) Chrome/150.0',
];

/**
 * What happened in the shop in the week before {@link NOW}: an assortment is put up, sold, described anew, and a price
 * list has a slip in it that is taken back. `at` sets the clock, `as` does work in the name of somebody.
 */
export async function tellStory({ models, at, as }) {
  const { User, Customer, Product, Order, OrderLine } = models;
  await User.bulkCreate(USERS.map(([name, email]) => ({ name, email })));
  const staff = (id, url, request, more = {}) => ({
    user: { type: 'User', id },
    url,
    requestId: request,
    ipAddress: `10.20.0.${10 + id}`,
    userAgent: BROWSERS[id % 2],
    ...more,
  });

  at('2026-03-05T09:12:00Z');
  await as({ user: { type: 'User', id: 1 }, tags: ['import'], reason: 'spring assortment' }, () =>
    Product.bulkCreate(
      TEAS.map(([name, price, stock, region, grams]) => ({
        name,
        price,
        stock,
        description: `${name}, loose leaf.`,
        details: { region, grams, organic: false, brewing: { celsius: 95, minutes: 3 } },
      })),
    ),
  );
  const [assam, darjeeling, sencha, earlGrey, lapsang] = await Product.findAll({ order: ['id'] });

  at('2026-03-09T13:40:00Z');
  await as(staff(2, '/admin/products/2', '7c1e-0418', { reason: 'certificate has arrived' }), () =>
    darjeeling.update({
      description: 'Darjeeling First Flush, loose leaf. From the garden of Margaret’s Hope, picked in March.',
      details: {
        region: 'Darjeeling',
        grams: [50, 100, 250],
        organic: true,
        certificate: 'DE-ÖKO-006',
        brewing: { celsius: 85, minutes: 2 },
      },
    }),
  );

  at('2026-03-10T10:05:00Z');
  await as(staff(3, '/admin/products/5', '7c2b-0077', { reason: 'the grower has stopped' }), () =>
    lapsang.destroy(),
  );

  at('2026-03-12T08:02:00Z');
  const list = { tags: ['price-list'], reason: 'price list of March 12' };
  await as(staff(3, '/admin/price-list', '7d40-0003', list), async () => {
    await assam.update({ price: '13.40' });
    await sencha.update({ price: '18.90' });
    await darjeeling.update({ price: '2.65' });
  });

  at('2026-03-12T11:26:00Z');
  const shopper = {
    url: '/checkout',
    ipAddress: '93.184.216.34',
    userAgent: BROWSERS[0],
    tags: ['web shop'],
  };
  const customer = await as({ ...shopper, requestId: '7d52-1180' }, () =>
    Customer.create({
      name: 'Mary Somerville',
      email: 'mary@example.org',
      address: { street: '12 Queen Street', city: 'Edinburgh', postcode: 'EH2 1JE' },
    }),
  );

  at('2026-03-12T11:31:00Z');
  await as({ ...shopper, user: { type: 'Customer', id: customer.id }, requestId: '7d52-1204' }, () =>
    Order.sequelize.transaction(async (transaction) => {
      const order = await Order.create(
        { state: 'open', total: '24.20', customerId: customer.id },
        { transaction },
      );
      for (const [product, quantity] of [
        [darjeeling, 2],
        [sencha, 1],
      ]) {
        const { name, price } = product;
        await OrderLine.create({ orderId: order.id, product: name, quantity, price }, { transaction });
        await product.decrement({ stock: quantity }, { transaction });
      }
    }),
  );

  at('2026-03-12T14:10:00Z');
  await as(staff(2, '/admin/orders/1', '7d61-0009'), async () => {
    await Order.update({ state: 'packed' }, { where: { id: 1 } });
  });

  at('2026-03-12T14:38:00Z');
  await as(staff(1, '/admin/customers/1', '7d63-0021', { reason: 'ticket 4711: has moved' }), () =>
    customer.update({ address: { street: '3 Somerville Gardens', city: 'Edinburgh', postcode: 'EH4 1LL' } }),
  );

  at('2026-03-12T14:52:00Z');
  await as(staff(1, '/admin/products/4', '7d64-0002'), async () => {
    await earlGrey.update({ stock: 260 });
  });
}

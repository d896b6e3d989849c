import { expect } from 'chai';
import type { Locator } from 'playwright-core';

import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { entriesOf } from './entries';
import { openShop } from './shop';
import type { Shop } from './shop';

/** As the issue promises, from the start page. */
const MOST_CLICKS = 3;

describe('the questions that one has of an audit trail', () => {
  let shop: Shop;
  let visitor: Visitor;
  let clicks = 0;
  before(async () => {
    shop = await openShop('sqlite', { allowRevert: true });
  });
  beforeEach(async () => {
    clicks = 0;
    visitor = await openVisitor(shop.origin);
    await visitor.page.goto('/audit');
  });
  afterEach(async () => {
    await visitor.close();
    expect(visitor.troubles()).to.deep.equal([]);
    expect(clicks).to.be.within(1, MOST_CLICKS);
  });
  after(() => shop?.close());

  const click = async (place: Locator): Promise<void> => {
    clicks += 1;
    await place.click();
  };
  const main = () => visitor.page.getByRole('main');

  it('what happened to this record', async () => {
    await click(main().getByRole('link', { name: 'Product 1' }).first());
    await entriesOf(visitor.page, 'updated').waitFor();
    expect(await main().getByRole('article').count()).to.equal(2);
    expect(clicks).to.equal(1);
  });

  it('what did this person do', async () => {
    await click(main().getByRole('link', { name: 'Grace Hopper' }).first());
    await entriesOf(visitor.page, 'deleted').waitFor();
    expect(await main().getByRole('article').count()).to.equal(2);
    expect(clicks).to.equal(1);
  });

  it('what was it like on that day', async () => {
    await click(main().getByRole('link', { name: 'Product 1' }).first());
    await main().getByLabel('State on').fill('2100-01-01T00:00:00');
    await click(main().getByRole('button', { name: 'Show', exact: true }));
    const state = main().getByRole('region', { name: /^State/ });
    expect(await state.getByRole('row', { name: 'price' }).innerText()).to.contain('90');
    expect(clicks).to.equal(2);
  });

  it('put it back', async () => {
    await click(main().getByRole('link', { name: 'Product 1' }).first());
    await click(entriesOf(visitor.page, 'updated').getByRole('button', { name: 'Revert this change' }));
    const dialog = visitor.page.getByRole('dialog', { name: 'Revert this change' });
    await dialog.getByLabel('Why?').fill('a slip of the keyboard');
    await click(dialog.getByRole('button', { name: 'Revert' }));
    await main().getByText('Done: the values have been put back.').last().waitFor();
    const product = await shop.Product.findByPk(1, { rejectOnEmpty: true });
    expect(product.get('price')).to.equal(9);
  });
});

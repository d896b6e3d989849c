import { expect } from 'chai';

import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { entriesOf } from './entries';
import { openShop } from './shop';
import type { Shop } from './shop';

describe('taking back in the viewer', () => {
  let shop: Shop;
  let visitor: Visitor;
  beforeEach(async () => {
    shop = await openShop('sqlite', { allowRevert: true });
    visitor = await openVisitor(shop.origin);
  });
  afterEach(async () => {
    await visitor?.close();
    await shop?.close();
  });

  const dialog = () => visitor.page.getByRole('dialog');
  const price = async (): Promise<unknown> =>
    (await shop.Product.findByPk(1, { rejectOnEmpty: true, paranoid: false })).get('price');

  it('changes the row, and stands in the timeline with its reason and who did it', async () => {
    const { page } = visitor;
    await page.goto('/audit/record/Product/1');
    await entriesOf(page, 'updated').getByRole('button', { name: 'Revert this change' }).click();
    expect(await dialog().innerText()).to.match(/price\s+90[^0-9]+9/);
    await dialog().getByLabel('Why?').fill('a slip of the keyboard');
    await dialog().getByRole('button', { name: 'Revert', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(await price()).to.equal(9);
    await entriesOf(page, 'updated').nth(1).waitFor();
    const latest = await page.getByRole('article').first().innerText();
    expect(latest).to.contain('a slip of the keyboard').and.contain('Ada Byron');
    expect(visitor.troubles()).to.deep.equal([]);
  });

  it('brings back what was deleted', async () => {
    const { page } = visitor;
    await page.goto('/audit/record/Product/2');
    await entriesOf(page, 'deleted').getByRole('button', { name: 'Revert this change' }).click();
    expect(await dialog().innerText()).to.contain('will be there again');
    await dialog().getByLabel('Why?').fill('still sold');
    await dialog().getByRole('button', { name: 'Revert', exact: true }).click();
    await entriesOf(page, 'restored').waitFor();
    expect(await shop.Product.findByPk(2)).not.to.equal(null);
  });

  it('puts a record back to a state that is looked at', async () => {
    const { page } = visitor;
    await page.goto('/audit/record/Product/1');
    await entriesOf(page, 'created').getByRole('button', { name: 'State after this' }).click();
    const state = page.getByRole('region', { name: /^State/ });
    await state.getByRole('button', { name: 'Put back to this state' }).click();
    await dialog().getByLabel('Why?').fill('as it was');
    await dialog().getByRole('button', { name: 'Put back' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(await price()).to.equal(9);
    await entriesOf(page, 'updated').nth(1).waitFor();
  });

  it('does nothing without a reason, and nothing when one thinks better of it', async () => {
    const { page } = visitor;
    await page.goto('/audit/record/Product/1');
    const open = entriesOf(page, 'updated').getByRole('button', { name: 'Revert this change' });
    await open.click();
    expect(await dialog().getByRole('button', { name: 'Revert', exact: true }).isDisabled()).to.equal(true);
    await dialog().getByLabel('Why?').fill('  ');
    expect(await dialog().getByRole('button', { name: 'Revert', exact: true }).isDisabled()).to.equal(true);
    await dialog().getByRole('button', { name: 'Cancel' }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(await price()).to.equal(90);
    expect(await page.locator(':focus').innerText()).to.contain('Revert this change');
  });

  it('asks again before it overwrites what has been changed since', async () => {
    const { page } = visitor;
    await shop.send('PATCH', '/products/1', { price: 100 });
    await page.goto('/audit/record/Product/1');
    const buttons = entriesOf(page, 'updated').getByRole('button', { name: 'Revert this change' });
    await buttons.nth(1).click();
    await dialog().getByLabel('Why?').fill('the old price');
    await dialog().getByRole('button', { name: 'Revert', exact: true }).click();
    await dialog().getByLabel('Overwrite what has been changed since').check();
    expect(await price()).to.equal(100);
    await dialog().getByRole('button', { name: 'Revert', exact: true }).click();
    await dialog().waitFor({ state: 'detached' });
    expect(await price()).to.equal(9);
    expect(visitor.troubles()).to.have.length(1);
    expect(visitor.troubles()[0]).to.match(/^409: /);
  });

  it('is offered to nobody where it is not allowed', async () => {
    const origins = [
      await shop.serve({ allowRevert: false }),
      await shop.serve({ authorize: () => ({ allowRevert: false }) }),
    ];
    for (const origin of origins) {
      const other = await openVisitor(origin);
      const { page } = other;
      await page.goto('/audit/record/Product/1');
      await entriesOf(page, 'created').getByRole('button', { name: 'State after this' }).click();
      await page
        .getByRole('region', { name: /^State/ })
        .getByRole('row', { name: 'price' })
        .waitFor();
      expect(await page.getByRole('button', { name: /revert|put back/i }).count()).to.equal(0);
      await entriesOf(page, 'updated').locator('a.when').click();
      await page.getByRole('heading', { name: 'All that is recorded' }).waitFor();
      expect(await page.getByRole('button', { name: /revert|put back/i }).count()).to.equal(0);
      await page.getByText('read only').waitFor();
      await other.close();
      expect(other.troubles()).to.deep.equal([]);
    }
  });
});

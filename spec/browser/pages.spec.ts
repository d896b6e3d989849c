import { expect } from 'chai';

import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { entriesOf } from './entries';
import { openShop } from './shop';
import type { Shop } from './shop';

for (const database of ['sqlite', 'postgres'] as const) {
  describe(`the pages of the viewer, on ${database}`, () => {
    let shop: Shop;
    let visitor: Visitor;
    before(async () => {
      shop = await openShop(database);
    });
    beforeEach(async () => {
      visitor = await openVisitor(shop.origin);
    });
    afterEach(async () => {
      await visitor.close();
      expect(visitor.troubles()).to.deep.equal([]);
    });
    after(() => shop?.close());

    it('begin with all changes, the newest first, in words', async () => {
      const { page } = visitor;
      await page.goto('/audit');
      const entries = page.getByRole('list', { name: 'Changes that were found' }).getByRole('article');
      await entries.nth(7).waitFor();
      expect(await entries.count()).to.equal(8);
      const texts = await entries.allInnerTexts();
      expect(texts[0]).to.contain('deleted').and.contain('Product 2').and.contain('by Grace Hopper');
      expect(texts[5]).to.contain('price').and.contain('9').and.contain('90').and.contain('new price list');
      expect(texts[5]).to.contain('details.grams').and.contain('250').and.contain('500');
      expect(await page.title()).to.equal('Changes · Audit trail');
      expect(page.url()).to.equal(`${shop.origin}/audit/`);
    });

    it('tell a record’s life, with what its JSON was and became beside each other', async () => {
      const { page } = visitor;
      await page.goto('/audit/record/Product/1');
      await page.getByRole('heading', { name: 'Product 1', level: 1 }).waitFor();
      const change = entriesOf(page, 'updated');
      expect(await change.getByRole('row', { name: 'price' }).innerText()).to.match(/9\s+90/);
      await change.getByText('Compare side by side').click();
      const differing = change.getByRole('table', { name: 'details, line by line' }).getByRole('row');
      const cells = await differing.filter({ hasText: '500' }).getByRole('cell').allInnerTexts();
      expect(cells[1]).to.contain('250');
      expect(cells[3]).to.contain('500');
    });

    it('tell what a record was like after a change, and what differs from now', async () => {
      const { page } = visitor;
      await page.goto('/audit/record/Product/1');
      const created = entriesOf(page, 'created');
      await created.getByRole('button', { name: 'State after this' }).click();
      const state = page.getByRole('region', { name: /^State/ });
      expect(await state.getByRole('row', { name: 'name' }).innerText()).to.contain('Assam');
      expect(await state.getByRole('row', { name: 'price' }).innerText()).to.match(/9\s+90/);
      await created.getByRole('button', { name: 'Compare with now' }).click();
      const compared = page.getByRole('region', { name: 'What differs' });
      await compared.getByRole('row', { name: 'price' }).waitFor();
      expect(await compared.getByRole('row', { name: 'name' }).count()).to.equal(0);
      expect(await page.getByRole('region', { name: /^State/ }).count()).to.equal(0);
    });

    it('tell what a user did, day by day', async () => {
      const { page } = visitor;
      await page.goto('/audit/user/User/2');
      await page.getByRole('heading', { name: 'Grace Hopper', level: 1 }).waitFor();
      const changes = page.getByRole('article');
      await changes.nth(1).waitFor();
      expect(await changes.count()).to.equal(2);
      expect(await changes.nth(0).innerText()).to.contain('Product 2');
      expect(await page.getByRole('heading', { level: 2 }).innerText()).to.contain('Today');
    });

    it('tell what one request and one transaction did together, in their order', async () => {
      const { page } = visitor;
      await page.goto('/audit/?model=Order');
      for (const kind of ['request', 'transaction']) {
        await page
          .getByRole('article')
          .first()
          .getByRole('link', { name: `same ${kind}` })
          .click();
        await page.getByText(`Changes of a ${kind}`).waitFor();
        await page.getByText('4 changes of 4 records').first().waitFor();
        const records = await page.getByRole('main').getByRole('heading', { level: 2 }).allInnerTexts();
        expect(records).to.deep.equal(['Customer 1', 'Order 1', 'Line 1', 'Line 2']);
        expect(await page.getByRole('main').innerText()).to.contain('/orders');
        await page.goBack();
      }
    });

    it('tell all that is known of one change', async () => {
      const { page } = visitor;
      await page.goto('/audit/?tag=prices');
      await page.getByRole('article').locator('a.when').click();
      await page.getByRole('heading', { name: 'All that is recorded' }).waitFor();
      const facts = await page.getByRole('main').innerText();
      for (const fact of ['Grace Hopper', 'User 2', '127.0.0.1', '/products/1', 'prices', 'new price list'])
        expect(facts).to.contain(fact);
      await page.getByRole('link', { name: 'Timeline of the record' }).click();
      await page.getByRole('heading', { name: 'Product 1', level: 1 }).waitFor();
    });

    it('show children beside their parent', async () => {
      const { page } = visitor;
      await page.goto('/audit/record/Order/1');
      await page.getByRole('checkbox', { name: 'with its children' }).check();
      await page.getByRole('link', { name: 'Line 2' }).waitFor();
      expect(await page.getByRole('article').count()).to.equal(3);
      expect(page.url()).to.contain('withChildren=1');
    });

    it('narrow a record’s life to one attribute, and say so', async () => {
      const { page } = visitor;
      await shop.send('PATCH', '/products/1', { name: 'Assam Mangalam' });
      await page.goto('/audit/record/Product/1');
      await page.getByRole('combobox', { name: 'Changes of' }).selectOption('price');
      await page.getByRole('article').nth(2).waitFor({ state: 'detached' });
      expect(await page.locator('.page-lead').innerText())
        .to.match(/price last\s+updated/)
        .and.contain('2 changes');
      // The latest of these is not the latest of all.
      expect(await entriesOf(page, 'updated').getByRole('button').allInnerTexts()).to.include(
        'Compare with now',
      );
    });
  });
}

import { expect } from 'chai';

import { openVisitor } from '../support/visitor';
import { openShop } from './shop';
import type { Shop } from './shop';

/** Every page, and what is asked for on it. */
const PLACES = [
  '?order=oldest',
  '?model=Customer',
  '?attribute=phone',
  'record/Product/1',
  'record/Product/1?at=2100-01-01T00:00:00Z',
  'record/Customer/1',
  'user/User/1',
  'live',
  'set-aside',
];

describe('what authorize hides from a visitor', () => {
  let shop: Shop;
  before(async () => {
    shop = await openShop('sqlite');
  });
  after(() => shop?.close());

  /** All that pages and answers tell, and what was refused. */
  const toldBy = async (authorize: () => object): Promise<{ told: string; refused: string[] }> => {
    const visitor = await openVisitor(await shop.serve({ authorize }));
    const { page } = visitor;
    const seen: string[] = [];
    for (const place of PLACES) {
      await page.goto(`/audit/${place}`);
      await page.getByRole('contentinfo').waitFor();
      await page.getByRole('main').getByRole('article').or(page.locator('.notice')).first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      for (const summary of await page.locator('article summary').all()) await summary.click();
      seen.push(await page.getByRole('main').innerText());
    }
    const answers = await visitor.answers();
    await visitor.close();
    return { told: [...seen, ...answers].join('\n'), refused: [...visitor.troubles()] };
  };

  it('is on no page and in no answer, if it is a model', async () => {
    const { told, refused } = await toldBy(() => ({ models: ['Product', 'Order', 'Line'] }));
    expect(told).to.contain('Assam').and.contain('"Order"').and.contain('open');
    expect(told).not.to.contain('Bob').and.not.to.contain('555 0100');
    expect(told).not.to.match(/"(auditableType|model)":"Customer"|"models":\[[^\]]*Customer/);
    for (const trouble of refused)
      expect(trouble).to.match(/^404: .*Customer|^403: .*(status|rescue|buried)/);
  });

  it('is on no page and in no answer, if it is an attribute', async () => {
    const { told } = await toldBy(() => ({
      attributes: { Customer: ['id', 'name'], Product: ['id', 'name'] },
    }));
    expect(told).to.contain('Bob').and.contain('Assam');
    expect(told).not.to.contain('555 0100').and.not.to.contain('"phone"');
    expect(told).not.to.contain('"price"').and.not.to.contain('grams');
  });

  it('is everything for who is not let in', async () => {
    const visitor = await openVisitor(await shop.serve({ authorize: () => false }));
    await visitor.page.goto('/audit/');
    await visitor.page.getByText('You may not see the audit trail here.').waitFor();
    expect(visitor.troubles().map((trouble) => trouble.slice(0, 4))).to.deep.equal(['403:']);
    expect((await visitor.answers()).join('')).not.to.contain('Assam');
    await visitor.close();
  });

  it('is nothing more once the reader is let in no longer, and the page says so', async () => {
    let mayEnter = true;
    const visitor = await openVisitor(await shop.serve({ authorize: () => mayEnter }));
    const { page } = visitor;
    await page.goto('/audit/');
    await page.getByRole('article').first().waitFor();
    mayEnter = false;
    await page.getByRole('link', { name: 'Product 1' }).first().click();
    await page.getByRole('alert').getByText('You may not see this').waitFor();
    expect(await page.getByRole('article').count()).to.equal(0);
    await visitor.close();
  });
});

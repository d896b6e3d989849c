import { expect } from 'chai';

import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { entriesOf, idsShown } from './entries';
import { openShop } from './shop';
import type { Shop } from './shop';

describe('searching in the viewer', () => {
  let shop: Shop;
  let visitor: Visitor;
  before(async () => {
    shop = await openShop('sqlite');
  });
  beforeEach(async () => {
    visitor = await openVisitor(shop.origin);
  });
  afterEach(() => visitor?.close());
  after(() => shop?.close());

  const query = (): string => new URL(visitor.page.url()).search;
  const form = () => visitor.page.getByRole('form', { name: 'Filters' });
  const chips = () => visitor.page.getByRole('list', { name: 'Filters that are set' });

  it('puts filters into the address, where reloading and going back find them', async () => {
    const { page } = visitor;
    await page.goto('/audit');
    await form().getByLabel('Model').fill('Product');
    await form().getByRole('checkbox', { name: 'created' }).check();
    await form().getByRole('button', { name: 'Search' }).click();
    await page.getByRole('article').nth(2).waitFor({ state: 'detached' });
    expect(query()).to.equal('?model=Product&event=created');
    const found = await idsShown(page, 2);
    await page.reload();
    expect(await idsShown(page, 2)).to.deep.equal(found);
    expect(await form().getByLabel('Model').inputValue()).to.equal('Product');
    expect(await form().getByRole('checkbox', { name: 'created' }).isChecked()).to.equal(true);

    await chips().getByRole('link', { name: 'Remove filter Event created' }).click();
    await page.getByRole('article').nth(3).waitFor();
    expect(query()).to.equal('?model=Product');
    await page.goBack();
    await page.getByRole('article').nth(2).waitFor({ state: 'detached' });
    expect(query()).to.equal('?model=Product&event=created');
    expect(await idsShown(page, 2)).to.deep.equal(found);
    await page.goForward();
    expect(await idsShown(page, 4)).to.have.length(4);
    expect(visitor.troubles()).to.deep.equal([]);
  });

  it('finds by every filter that there is', async () => {
    const { page } = visitor;
    const [audit] = await shop.world.trail.Audit.findAll({ where: { auditableType: 'Customer' } });
    const { requestId, transactionId } = audit!;
    for (const [filters, count] of [
      ['model=Product&id=1', 2],
      ['userType=User&userId=2', 2],
      ['event=updated&event=deleted', 2],
      ['attribute=price&model=Product&event=updated', 1],
      ['tag=prices', 1],
      [`request=${requestId}`, 4],
      [`transaction=${transactionId}`, 4],
      ['model=Order&id=1&withChildren=1', 3],
      ['since=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z&model=Line', 2],
    ] as const) {
      await page.goto(`/audit/?${filters}`);
      expect(await idsShown(page, count), filters).to.have.length(count);
    }
    await page.goto('/audit/?model=Product&until=2020-01-01T00:00:00Z');
    await page.getByText('No changes fit all filters').waitFor();
    await page.goto('/audit/?order=oldest');
    expect(await page.getByRole('article').first().innerText()).to.contain('Assam');
    expect(visitor.troubles()).to.deep.equal([]);
  });

  it('says what is nearest where a model is not known, and leads there', async () => {
    const { page } = visitor;
    await page.goto('/audit/?model=Prodct');
    await page.getByRole('link', { name: 'Show Product instead' }).click();
    expect(await idsShown(page, 4)).to.have.length(4);
    expect(query()).to.equal('?model=Product');
    await page.goto('/audit/record/Prodct/1');
    await page.getByRole('link', { name: 'Show Product instead' }).click();
    await page.getByRole('heading', { name: 'Product 1' }).waitFor();
    expect(visitor.troubles()).to.have.length(2);
    for (const trouble of visitor.troubles()) expect(trouble).to.match(/^404: .*Prodct/);
  });

  it('says what is wrong with an address, and loses nothing else', async () => {
    const { page } = visitor;
    for (const [path, words] of [
      ['?since=yesterday', 'since'],
      ['?after=x', 'cursor'],
      ['?userType=User', 'userId'],
      ['audit/01890000-0000-7000-8000-000000000000', 'no audit'],
      ['record/Product/999', 'no record'],
      ['record/Product/1?at=2020-13-45', 'at'],
    ] as const) {
      await page.goto(`/audit/${path}`);
      await page.getByRole('main').getByText(words, { exact: false }).first().waitFor();
      await page.getByRole('navigation', { name: 'Main' }).waitFor();
    }
    for (const path of ['nowhere', 'record/Product', 'record//']) {
      await page.goto(`/audit/${path}`);
      await page.getByRole('heading', { name: 'Not found' }).waitFor();
    }
    for (const trouble of visitor.troubles()) expect(trouble).to.match(/^40[04]: /);
  });

  it('turns pages that stay what they were while records come in', async () => {
    const { page } = visitor;
    const more = (count: number) =>
      shop.Customer.bulkCreate(Array.from({ length: count }, (_, index) => ({ name: `customer ${index}` })));
    await more(120);
    await shop.world.stored();
    const audits = await shop.world.trail.Audit.findAll({
      where: { auditableType: 'Customer' },
      order: [['id', 'DESC']],
    });
    const expected = audits.map(({ id }) => id);

    await page.goto('/audit/?model=Customer');
    const first = await idsShown(page, 50);
    await more(30);
    await shop.world.stored();
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByRole('link', { name: 'Older' }).click();
    await page.waitForURL(/after=/);
    await pages.getByRole('link', { name: 'Newer' }).waitFor();
    await page.locator(`a.when[href$="${expected[50]}"]`).waitFor();
    const second = await idsShown(page, 50);
    await more(30);
    await shop.world.stored();
    await pages.getByRole('link', { name: 'Older' }).click();
    await page.locator(`a.when[href$="${expected[100]}"]`).waitFor();
    const third = await idsShown(page, 21);
    expect([...first, ...second, ...third]).to.deep.equal(expected);
    expect(await pages.getByRole('link', { name: 'Older' }).count()).to.equal(0);

    await page.reload();
    expect(await idsShown(page, 21)).to.deep.equal(third);
    await pages.getByRole('link', { name: 'Newer' }).click();
    await page.locator(`a.when[href$="${expected[50]}"]`).waitFor();
    expect(await idsShown(page, 50)).to.deep.equal(second);
    await pages.getByRole('link', { name: 'Newer' }).click();
    await page.locator(`a.when[href$="${expected[50]}"]`).waitFor({ state: 'detached' });
    expect(await idsShown(page, 50)).not.to.include(expected[0]);
    expect(visitor.troubles()).to.deep.equal([]);
  });

  it('leads to a record from the field on every page', async () => {
    const { page } = visitor;
    await page.goto('/audit/live');
    const field = page.getByRole('combobox', { name: 'Go to a record' });
    await field.fill('product 1');
    await field.press('Enter');
    await page.getByRole('heading', { name: 'Product 1', level: 1 }).waitFor();
    await entriesOf(page, 'updated').waitFor();
    expect(visitor.troubles()).to.deep.equal([]);
  });
});

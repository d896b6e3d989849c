import path from 'node:path';

import { expect } from 'chai';

import { Batch } from '../../lib/record/batch';
import { encodeLine } from '../../lib/record/wire';
import { DiskStore } from '../../lib/worker/disk-store';
import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { aRecord } from '../unit/helpers/records';
import { openShop } from './shop';
import type { Shop } from './shop';

describe('what the viewer tells of buffer and workers', () => {
  let shop: Shop;
  let visitor: Visitor;
  beforeEach(async () => {
    // The worker would store what is rescued.
    shop = await openShop('sqlite', {}, { recoverSchedule: '0 0 1 1 *' });
    visitor = await openVisitor(shop.origin);
  });
  afterEach(async () => {
    await visitor?.close();
    await shop?.close();
  });

  const figure = (name: string) =>
    visitor.page.locator('.figure').filter({ has: visitor.page.getByText(name, { exact: true }) });

  it('is a worker at work, and figures that move with what is stored', async () => {
    const { page } = visitor;
    await page.goto('/audit/live');
    const worker = page.getByRole('table', { name: 'Workers' }).getByRole('row').nth(1);
    expect(await worker.innerText())
      .to.contain(`:${process.pid}`)
      .and.contain('at work');
    await figure('Workers').getByText('1', { exact: true }).waitFor();
    await figure('Stored').getByText('8', { exact: true }).waitFor();
    await shop.Customer.bulkCreate(Array.from({ length: 34 }, () => ({ name: 'Bob' })));
    await shop.world.stored();
    await figure('Stored').getByText('42', { exact: true }).waitFor();
    await page.getByText('The latest as a table').click();
    const samples = page.getByRole('table', { name: /Records waiting and stored/ }).getByRole('row');
    await samples.nth(2).waitFor();
    expect(await page.locator('canvas').count()).to.equal(2);
    expect(visitor.troubles()).to.deep.equal([]);
  });

  it('is what was rescued and what is buried, with why, and that somebody has to look', async () => {
    for (const [folder, id, reason] of [
      ['rescue', '71', 'the database does not answer'],
      ['buried', '72', 'value too long for type character varying(255)'],
    ] as const) {
      const store = new DiskStore(path.join(shop.world.dir, folder));
      const line = encodeLine(aRecord({ auditableId: id, newValues: { name: 'Assam' } }));
      store.put(Batch.fromLines([line]), new Error(reason));
      store.endLane();
    }
    const { page } = visitor;
    await page.goto('/audit/live');
    await page.getByText('1 record refused by the database').waitFor();
    await figure('Set aside').getByText('2', { exact: true }).waitFor();
    await figure('Set aside').getByRole('link').click();
    await page.getByRole('heading', { name: 'Set aside', level: 1 }).waitFor();
    const rescued = page.getByRole('list', { name: 'Rescued records' });
    await rescued.getByRole('link', { name: 'Product 71' }).waitFor();
    const buried = page.getByRole('list', { name: 'Buried records' });
    expect(await buried.innerText())
      .to.contain('Product 72')
      .and.contain('value too long for type');
    expect(visitor.troubles()).to.deep.equal([]);
  });

  it('is nothing to worry about where nothing is set aside', async () => {
    const { page } = visitor;
    await page.goto('/audit/set-aside');
    await page.getByText('Nothing waits here').waitFor();
    await page.getByText('Nothing was refused.').waitFor();
    expect(visitor.troubles()).to.deep.equal([]);
  });
});

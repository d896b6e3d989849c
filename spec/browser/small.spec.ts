import { expect } from 'chai';
import type { Page } from 'playwright-core';

import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { placesOf, unfold, visit } from './places';
import { openShop } from './shop';
import type { Shop } from './shop';

const LONG = 'Assamica-without-any-space-in-it-'.repeat(12);
const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

describe('the viewer on a phone, and in the dark', () => {
  let shop: Shop;
  let visitor: Visitor;
  before(async () => {
    shop = await openShop('sqlite', { allowRevert: true });
    await shop.send('PATCH', '/products/1', { name: LONG, details: { [LONG]: [LONG, 1] } });
  });
  afterEach(() => visitor?.close());
  after(() => shop?.close());

  it('needs no scrolling to the side on any page', async () => {
    visitor = await openVisitor(shop.origin, PHONE);
    const { page } = visitor;
    for (const place of await placesOf(shop)) {
      await visit(page, place);
      await unfold(page);
      const width = await page.evaluate<number>('document.documentElement.scrollWidth');
      expect(width, place).to.be.at.most(PHONE.viewport.width);
    }
  });

  it('shows a dialog whole on a phone', async () => {
    visitor = await openVisitor(shop.origin, PHONE);
    const { page } = visitor;
    await visit(page, 'record/Product/1');
    await page.getByRole('button', { name: 'Revert this change' }).first().tap();
    const dialog = page.getByRole('dialog');
    const box = await dialog.boundingBox();
    expect(box!.x).to.be.at.least(0);
    expect(box!.x + box!.width).to.be.at.most(PHONE.viewport.width);
    await dialog.getByRole('button', { name: 'Cancel' }).tap();
    await dialog.waitFor({ state: 'detached' });
  });

  const brightness = async (page: Page): Promise<number> => {
    const color = await page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const parts = [...color.matchAll(/[\d.]+/g)].slice(0, 3).map(Number);
    return parts.reduce((sum, part) => sum + part, 0) / 3;
  };

  it('is light or dark as the system is, until the reader chooses, which is kept', async () => {
    visitor = await openVisitor(shop.origin, { colorScheme: 'dark' });
    const { page } = visitor;
    await visit(page, '');
    expect(await brightness(page)).to.be.below(60);
    await page.emulateMedia({ colorScheme: 'light' });
    expect(await brightness(page)).to.be.above(200);
    await page.getByRole('button', { name: 'System colours' }).click();
    await page.getByRole('button', { name: 'Light colours' }).click();
    await page.getByRole('button', { name: 'Dark colours' }).waitFor();
    expect(await brightness(page)).to.be.below(60);
    await page.reload();
    await page.getByRole('button', { name: 'Dark colours' }).waitFor();
    expect(await brightness(page)).to.be.below(60);
  });

  it('tells times in the reader’s zone, the exact one on hover, and in UTC if they like', async () => {
    visitor = await openVisitor(shop.origin, { timezoneId: 'Asia/Kolkata' });
    const { page } = visitor;
    const audit = await shop.world.trail.Audit.findOne({ where: { auditableType: 'Order' } });
    await visit(page, `audit/${audit!.id}`);
    const time = page.getByRole('main').locator('dd time').first();
    const instant = await time.getAttribute('datetime');
    const clock = (timeZone: string): string =>
      new Date(instant!).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
    expect(await time.innerText()).to.contain(clock('Asia/Kolkata'));

    expect(await time.getAttribute('title'))
      .to.contain('UTC')
      .and.match(/\.\d{3} UTC/);
    await page.getByRole('button', { name: 'Change to UTC time' }).click();
    await page.getByRole('button', { name: 'Change to Local time' }).waitFor();
    expect(await time.innerText()).to.contain(clock('UTC'));
  });
});

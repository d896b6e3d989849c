import axe from 'axe-core';
import type { AxeResults } from 'axe-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';

import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { placesOf, unfold, visit } from './places';
import { openShop } from './shop';
import type { Shop } from './shop';

const SCREENS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
} as const;

/** Of the rules for WCAG 2.2 this one is off by default. */
const RUN = `axe.run({ rules: { 'target-size': { enabled: true } } })`;

/** Rules of WCAG 2.2, levels A and AA, and axe's own best practices. */
describe('the viewer for those who do not see it, or see it badly', () => {
  let shop: Shop;
  let visitor: Visitor;
  before(async () => {
    shop = await openShop('sqlite', { allowRevert: true });
  });
  afterEach(() => visitor?.close());
  after(() => shop?.close());

  /** What the page breaks, as rule and element. */
  const broken = async (page: Page): Promise<string[]> => {
    await page.evaluate(axe.source);
    const { violations, passes } = await page.evaluate<AxeResults>(RUN);
    // Else nothing was looked at.
    expect(passes).to.not.have.lengthOf(0);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
  };

  for (const [name, screen] of Object.entries(SCREENS)) {
    it(`breaks no rule on any page, ${name}`, async () => {
      visitor = await openVisitor(shop.origin, screen);
      const { page } = visitor;
      for (const place of await placesOf(shop)) {
        await visit(page, place);
        await unfold(page);
        expect(await broken(page), place).to.deep.equal([]);
      }
    });
  }

  it('breaks none in a dialog', async () => {
    visitor = await openVisitor(shop.origin);
    const { page } = visitor;
    await visit(page, 'record/Product/1');
    await page.getByRole('button', { name: 'Revert this change' }).first().click();
    await page.getByRole('dialog').waitFor();
    expect(await broken(page)).to.deep.equal([]);
  });

  it('finds what is wrong', async () => {
    visitor = await openVisitor(shop.origin);
    const { page } = visitor;
    await visit(page, '');
    await page.evaluate(`document.querySelector('main').append(document.createElement('button'))`);
    expect((await broken(page)).map((each) => each.split(':')[0])).to.deep.equal(['button-name']);
  });
});

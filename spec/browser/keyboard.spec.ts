import { expect } from 'chai';

import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { entriesOf } from './entries';
import { openShop } from './shop';
import type { Shop } from './shop';

/** How a screen reader calls what has the focus; a text, since Node's types know no elements. */
const NAME = `(() => {
  const element = document.activeElement;
  return element.ariaLabel ?? element.labels?.[0]?.querySelector('span')?.innerText ?? element.labels?.[0]?.innerText
    ?? element.innerText;
})()`;
const OUTLINE = `(({ outlineStyle, outlineWidth, boxShadow }) =>
  boxShadow === 'none' ? outlineStyle + outlineWidth : boxShadow)(getComputedStyle(document.activeElement))`;

describe('the viewer without a mouse, and without seeing it', () => {
  let shop: Shop;
  let visitor: Visitor;
  before(async () => {
    shop = await openShop('sqlite', { allowRevert: true });
  });
  beforeEach(async () => {
    visitor = await openVisitor(shop.origin);
  });
  afterEach(async () => {
    await visitor.close();
    expect(visitor.troubles()).to.deep.equal([]);
  });
  after(() => shop?.close());

  const focused = () => visitor.page.locator(':focus');
  const press = (key: string) => visitor.page.keyboard.press(key);

  it('begins with a way past the head, and goes through what is there in its order', async () => {
    const { page } = visitor;
    await page.goto('/audit');
    await page.getByRole('article').first().waitFor();
    const names: string[] = [];
    for (let step = 0; step < 16; step += 1) {
      await press('Tab');
      names.push(await visitor.page.evaluate<string>(NAME));
      const outline = await visitor.page.evaluate<string>(OUTLINE);
      expect(outline, `what shows that ${names.at(-1)} has the focus`).not.to.match(/^none|^0px/);
    }
    expect(names.slice(0, 8)).to.deep.equal([
      'Skip to content',
      'Audit trail',
      'Changes',
      'Live',
      'Set aside',
      'Go to a record',
      'Local time. Change to UTC time',
      'System colours. Change to light',
    ]);
    await page.getByRole('link', { name: 'Skip to content' }).focus();
    await press('Enter');
    await press('Tab');
    expect(await visitor.page.evaluate<string>(NAME)).to.equal('Model');
  });

  it('goes to a record by the slash key, and its heading has the focus then', async () => {
    const { page } = visitor;
    await page.goto('/audit');
    await page.getByRole('article').first().waitFor();
    await press('/');
    await page.keyboard.type('Product 1');
    await press('Enter');
    await page.getByRole('heading', { name: 'Product 1', level: 1 }).and(page.locator(':focus')).waitFor();
    await entriesOf(page, 'created').waitFor();
    await press('j');
    expect(await focused().innerText()).to.contain('90');
    await press('j');
    expect(await focused().innerText()).to.contain('created');
    await press('k');
    expect(await focused().innerText()).to.contain('90');
  });

  it('opens a dialog that keeps the focus, closes it by Escape, and goes back to where one was', async () => {
    const { page } = visitor;
    await page.goto('/audit/record/Product/1');
    const button = entriesOf(page, 'updated').getByRole('button', { name: 'Revert this change' });
    await button.focus();
    await press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Revert this change' });
    await dialog.waitFor();
    expect(await focused().getAttribute('name')).to.equal('reason');
    for (let step = 0; step < 6; step += 1) {
      await press('Tab');
      // Between the last and the first the browser's own bar has the focus.
      const outside = page.locator(':focus:not(dialog *):not(body)');
      expect(await outside.count()).to.equal(0);
    }
    await press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await button.and(page.locator(':focus')).waitFor();
  });

  it('tells a state to who has asked for it, by moving the focus there', async () => {
    const { page } = visitor;
    await page.goto('/audit/record/Product/1');
    await entriesOf(page, 'created').getByRole('button', { name: 'State after this' }).press('Enter');
    await page
      .getByRole('heading', { name: /^State/, level: 2 })
      .and(page.locator(':focus'))
      .waitFor();
    await page.getByRole('button', { name: 'Close the state' }).press('Enter');
    await page.getByRole('region', { name: /^State/ }).waitFor({ state: 'detached' });
  });

  it('has landmarks, a heading of the first level, and names for all that can be used', async () => {
    const { page } = visitor;
    for (const place of [
      '',
      'record/Product/1?at=2100-01-01T00:00:00Z',
      'user/User/1',
      'live',
      'set-aside',
    ]) {
      await page.goto(`/audit/${place}`);
      await page.getByRole('contentinfo').waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      for (const summary of await page.locator('main summary:visible').all()) await summary.click();
      const tree = await page.locator('body').ariaSnapshot();
      for (const landmark of ['banner', 'navigation "Main"', 'search', 'main', 'contentinfo'])
        expect(tree, place).to.match(new RegExp(`^ *- ${landmark}`, 'm'));
      expect(tree.match(/heading .*\[level=1\]/g), place).to.have.length(1);
      // In the tree a name stands in quotes behind the role.
      const nameless = tree.match(
        /- (button|link|textbox|combobox|checkbox|searchbox|table|dialog)(:| \[|$)/gm,
      );
      expect(nameless, place).to.equal(null);
      const levels = [...tree.matchAll(/heading .*\[level=(\d)\]/g)].map(([, level]) => Number(level));
      for (const [index, level] of levels.entries())
        expect(level - (levels[index - 1] ?? 0), `${place}: ${levels.join()}`).to.be.at.most(1);
    }
  });

  it('says aloud what was found', async () => {
    const { page } = visitor;
    await page.goto('/audit/?model=Product');
    await page.getByRole('status').getByText('4 changes shown').waitFor();
  });
});

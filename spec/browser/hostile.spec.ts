import path from 'node:path';

import { expect } from 'chai';

import { Batch } from '../../lib/record/batch';
import type { AuditRecord } from '../../lib/record/record';
import { encodeLine } from '../../lib/record/wire';
import { BatchWriter } from '../../lib/storage/batch-writer';
import { DiskStore } from '../../lib/worker/disk-store';
import { until } from '../support/until';
import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';
import { aRecord } from '../unit/helpers/records';
import { entriesOf, linksIn } from './entries';
import { HOSTILE, WORST } from './hostile-values';
import { openShop } from './shop';
import type { Shop } from './shop';

/** What a page must not hold but what the viewer itself puts there. */
const FOREIGN =
  'main :is(script, iframe, img, style, link, base, meta, object, embed, animate), [onerror], [onfocus]';

const POLLUTING = JSON.parse('{"__proto__": {"polluted": true}}') as object;

/** A record that holds a text wherever a record can hold one. */
function recordOf(text: string): AuditRecord {
  const values = JSON.parse(
    `{${JSON.stringify(text)}: ${JSON.stringify({ inside: [text, { [text]: text }] })}}`,
  ) as object;
  return aRecord({
    event: text,
    auditableType: text,
    auditableId: text,
    parentType: text,
    parentId: text,
    userType: text,
    userId: text,
    url: text,
    ipAddress: text,
    userAgent: text,
    requestId: text,
    transactionId: text,
    tags: [text],
    context: { reason: text, [text]: text },
    oldValues: { ...values, note: `before ${text}` },
    newValues: { ...values, note: `after ${text}`, own: POLLUTING },
    createdAt: Date.now() * 1000,
  });
}

describe('hostile records in the viewer', function () {
  this.timeout(60_000);
  let shop: Shop;
  let visitor: Visitor;
  const worst = { ...recordOf(WORST), event: 'updated' };
  const records = [...HOSTILE.map(recordOf), worst];
  before(async () => {
    // The worker would store what is rescued.
    shop = await openShop('sqlite', { allowRevert: true }, { recoverSchedule: '0 0 1 1 *' });
    await new BatchWriter(shop.world.trail.database).write(Batch.fromLines(records.map(encodeLine)));
  });
  beforeEach(async () => {
    visitor = await openVisitor(shop.origin);
  });
  afterEach(() => visitor?.close());
  after(() => shop?.close());

  /** What is on the page is text, and did nothing. */
  const expectHarmless = async (): Promise<void> => {
    const { page } = visitor;
    expect(await page.locator(FOREIGN).count(), page.url()).to.equal(0);
    const links = await linksIn(page, 'a');
    for (const link of links) expect(link.startsWith(`${shop.origin}/audit/`), link).to.equal(true);
    expect(await page.evaluate('"polluted" in {}'), 'Object.prototype').to.equal(false);
    expect(visitor.troubles(), page.url()).to.deep.equal([]);
  };

  it('would be noticed if they ran', async () => {
    const { page } = visitor;
    await page.goto('/audit');
    await page.getByRole('article').first().waitFor();
    const image = '<img src="https://evil.example/x" onerror="alert(1)">';
    await page.evaluate(
      `document.body.insertAdjacentHTML('beforeend', '${image}'); alert(1); console.error('ran')`,
    );
    for (const trouble of [/^violation: img-src/, /^violation: script-src/, /^dialog: 1/, /^console: ran/])
      await until(() => visitor.troubles().some((each) => trouble.test(each)), { what: String(trouble) });
    expect(await page.locator('[onerror]').count()).to.equal(1);
  });

  it('are text in the list of changes, all of it open', async () => {
    const { page } = visitor;
    await page.goto('/audit');
    await page.getByRole('article').nth(records.length).waitFor();
    for (const summary of await page.locator('article summary').all()) await summary.click();
    for (const text of HOSTILE.filter((each) => /^[ -~]+$/.test(each)))
      expect(await page.getByRole('article').getByText(text, { exact: true }).count(), text).to.be.above(0);
    expect(await page.locator('mark.unseen').count()).to.be.above(10);
    await expectHarmless();
  });

  it('are text on every page that a link leads to', async () => {
    const { page } = visitor;
    await page.goto(`/audit/audit/${worst.id}`);
    await page.getByRole('heading', { name: 'All that is recorded' }).waitFor();
    await expectHarmless();
    const links = await linksIn(page, 'main a');
    expect(links).to.have.length.above(6);
    for (const link of new Set(links)) {
      await page.goto(link);
      await page.getByText('onerror=alert(1)').first().waitFor();
      await expectHarmless();
    }
  });

  it('lead to themselves, whatever their key', async () => {
    const { page } = visitor;
    for (const { auditableId, id } of records) {
      // Those that mean something in an address; half a character cannot stand there.
      if (!/[./%#?:&\u0000-\u001f]/.test(auditableId ?? '') || /[\ud800-\udfff]/.test(auditableId ?? ''))
        continue;
      await page.goto(`/audit/audit/${id}`);
      await page.locator('dl').getByRole('link').first().click();
      await page.locator(`a.when[href$="${id}"]`).waitFor();
      await expectHarmless();
    }
  });

  it('are text in states, comparisons and filters', async () => {
    const { page } = visitor;
    const text = encodeURIComponent(WORST);
    const id = worst.id;
    for (const query of [`audit=${id}`, `from=${id}&to=now`, `attribute=${text}`, 'withChildren=1']) {
      await page.goto(`/audit/record/${text}/${text}?${query}`);
      await page.getByRole('article').first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      await expectHarmless();
    }
    for (const name of ['model', 'event', 'tag', 'request', 'transaction', 'userId', 'attribute']) {
      await page.goto(`/audit/?${name}=${text}`);
      await page.locator('.chip').filter({ hasText: 'onerror=alert(1)' }).first().waitFor();
      await expectHarmless();
    }
  });

  it('are text where they are set aside, and so is why', async () => {
    const { page } = visitor;
    for (const kind of ['rescue', 'buried']) {
      const store = new DiskStore(path.join(shop.world.dir, kind));
      for (const text of HOSTILE) store.put(Batch.fromLines([encodeLine(recordOf(text))]), new Error(text));
      store.endLane();
    }
    await page.goto('/audit/set-aside');
    await page
      .getByRole('article')
      .nth(2 * HOSTILE.length - 1)
      .waitFor();
    await expectHarmless();
  });

  it('are text in the dialog that takes them back', async () => {
    const { page } = visitor;
    const product = await shop.Product.create({ name: 'plain', price: 1, details: null });
    const details = JSON.parse(
      `{"__proto__": {"polluted": true}, "all": ${JSON.stringify(HOSTILE)}}`,
    ) as object;
    await product.update({ name: HOSTILE.join(' '), details });
    await shop.world.stored();
    await page.goto(`/audit/record/Product/${String(product.get('id'))}`);
    await entriesOf(page, 'updated').getByText('Compare side by side').first().click();
    await entriesOf(page, 'updated').getByRole('button', { name: 'Revert this change' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('<script>').first().waitFor();
    await dialog.getByLabel('Why?').fill(HOSTILE[0]!);
    await dialog.getByRole('button', { name: 'Revert', exact: true }).click();
    await entriesOf(page, 'updated').nth(1).waitFor();
    await expectHarmless();
  });

  it('may be as long as they like', async () => {
    const { page } = visitor;
    const text = `${HOSTILE[0]} `.repeat(40_000);
    const product = await shop.Product.create({ name: text, price: 1 });
    await product.update({
      name: `${text.slice(0, -20)}changed`,
      details: { text, list: text.split(' ').slice(0, 2000) },
    });
    await shop.world.stored();
    await page.goto(`/audit/record/Product/${String(product.get('id'))}`);
    const created = entriesOf(page, 'created');
    await created.getByRole('button', { name: /^Show more .*characters/ }).click();
    await entriesOf(page, 'updated').getByText('Compare side by side').first().click();
    await entriesOf(page, 'updated')
      .getByRole('table', { name: /line by line/ })
      .waitFor();
    await expectHarmless();
    await page.goto('/audit');
    await page.getByRole('article').first().waitFor();
    await expectHarmless();
  });
});

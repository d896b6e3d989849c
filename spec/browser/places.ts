import type { Page } from 'playwright-core';

import type { Shop } from './shop';

/** One of every page, below the mount; those of single changes come with their ids. */
const PLACES = [
  '',
  '?model=Product&attribute=price&tag=prices&event=updated',
  'record/Product/1',
  'record/Product/1?at=2100-01-01T00:00:00Z',
  'record/Product/1?from=2020-01-01T00:00:00Z&to=now',
  'user/User/1',
  'live',
  'set-aside',
  'record/Product/999',
];

export async function placesOf(shop: Shop): Promise<string[]> {
  const audit = await shop.world.trail.Audit.findOne({ where: { auditableType: 'Order' } });
  const { id, requestId, transactionId } = audit!;
  return [...PLACES, `audit/${id}`, `request/${requestId}`, `transaction/${transactionId}`];
}

/** Opens what is folded on the page. */
export async function unfold(page: Page): Promise<void> {
  for (const summary of await page.locator('main summary:visible').all()) await summary.click();
}

/** Goes there, and waits until all of the page has come. */
export async function visit(page: Page, place: string): Promise<void> {
  await page.goto(`/audit/${place}`);
  await page.getByRole('contentinfo').waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1 }).waitFor();
}

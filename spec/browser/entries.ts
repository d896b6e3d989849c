import type { Locator, Page } from 'playwright-core';

/** The entries of a list or timeline that tell of an event. */
export function entriesOf(page: Page, event: string): Locator {
  const badge = page.locator('header .badge').getByText(event, { exact: true });
  return page.getByRole('article').filter({ has: badge });
}

/** The ids of the changes on the page, from the top, once there are so many. */
export async function idsShown(page: Page, count: number): Promise<string[]> {
  const times = page.getByRole('article').locator('a.when');
  await times.nth(count - 1).waitFor();
  const paths = await times.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
  return paths.map((path) => path.slice(path.lastIndexOf('/') + 1));
}

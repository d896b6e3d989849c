import type { Locator, Page } from 'playwright-core';

/** The entries of a list or timeline that tell of an event. */
export function entriesOf(page: Page, event: string): Locator {
  const badge = page.locator('header .badge').getByText(event, { exact: true });
  return page.getByRole('article').filter({ has: badge });
}

/** The ids of the changes on the page, from the top, once there are so many. */
export async function idsShown(page: Page, count: number): Promise<string[]> {
  const times = 'article a.when';
  await page
    .locator(times)
    .nth(count - 1)
    .waitFor();
  return (await linksIn(page, times)).map((link) => link.slice(link.lastIndexOf('/') + 1));
}

/** Where the links that a selector finds lead to. The script is a text: Node's types know no documents. */
export function linksIn(page: Page, selector: string): Promise<string[]> {
  const all = `document.querySelectorAll(${JSON.stringify(selector)})`;
  return page.evaluate<string[]>(`[...${all}].map(({ href }) => href)`);
}

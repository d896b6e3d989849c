import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { browser } = require('../../dist/spec/support/browser.js');

const FOLDER = fileURLToPath(new URL('../../docs/screenshots/', import.meta.url));
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/**
 * Takes a picture of a page of the viewer. `now` is what the page's clock shows, `prepare` is done on it before and `after`
 * afterwards. Options: `phone`, `dark`.
 */
export async function takePicture(name, url, { now, phone = false, dark = false, prepare, after } = {}) {
  const context = await (
    await browser()
  ).newContext({
    ...(phone ? PHONE : DESKTOP),
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  if (now) await page.clock.setFixedTime(now);
  await page.goto(url);
  await page.getByRole('contentinfo').waitFor();
  await page.locator('.skeleton').first().waitFor({ state: 'detached' });
  await prepare?.(page);
  mkdirSync(FOLDER, { recursive: true });
  await page.screenshot({ path: `${FOLDER}${name}.png`, animations: 'disabled', caret: 'hide' });
  await after?.(page);
  await context.close();
  console.log(`docs/screenshots/${name}.png`);
}

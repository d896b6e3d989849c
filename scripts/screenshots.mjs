/**
 * Takes the pictures in docs/screenshots/: the real viewer over a real trail, in Chromium (found as the specs find it).
 * Run by `npm run screenshots`, which builds first.
 */
import { createRequire } from 'node:module';

import sinon from 'sinon';

import { startShop } from './screenshots/application.mjs';
import { takePicture } from './screenshots/camera.mjs';
import { sell, setAside } from './screenshots/live.mjs';
import { NOW, tellStory } from './screenshots/story.mjs';

const require = createRequire(import.meta.url);
const { closeBrowser } = require('../dist/spec/support/browser.js');

/** As long as the live page is watched before its picture is taken. */
const WATCHED_SECONDS = 90;

const SLIP = 'A slip in the price list: 2.65 for 26.50';

async function takeStory() {
  const clock = sinon.useFakeTimers({ now: NOW, toFake: ['Date'] });
  const shop = await startShop();
  const picture = (name, place, more = {}) => takePicture(name, shop.url + place, { now: NOW, ...more });
  try {
    await tellStory({ ...shop, at: (iso) => clock.setSystemTime(new Date(iso)) });
    clock.setSystemTime(NOW);
    await shop.trail.flush({ stored: true });
    const { id: created } = await shop.trail.Audit.findOne({
      where: { auditableType: 'Product', auditableId: '2', event: 'created' },
    });

    await picture('state', 'record/Product/2?at=2026-03-11T09:00:00.000Z');
    await picture('compare', `record/Product/2?from=${created}&to=now`, {
      dark: true,
      prepare: openDifferences,
    });
    await picture('revert', 'record/Product/2', { prepare: askToRevert, after: revert });
    await picture('search', '');
    await picture('search-phone', '', { phone: true });
    await picture('record', 'record/Product/2?attribute=details', { prepare: openDifferences });
    await picture('record-phone', 'record/Product/2', { phone: true });
    await picture('user', 'user/User/3');
    await picture('request', 'request/7d52-1204');
  } finally {
    clock.restore();
    await shop.close();
  }
}

/** The database keeps the time of workers, so that this part is not told but lived. */
async function takeLive() {
  const shop = await startShop();
  try {
    const selling = sell(shop, WATCHED_SECONDS);
    const live = (name, dark) => takePicture(name, `${shop.url}live`, { dark, prepare: () => selling });
    await Promise.all([live('live', false), live('live-dark', true)]);
    setAside(shop.trail);
    await takePicture('set-aside', `${shop.url}set-aside`);
  } finally {
    await shop.close();
  }
}

async function openDifferences(page) {
  await page.getByText('Compare side by side').first().click();
}

/** Of the price list, which has a slip in it. */
async function askToRevert(page) {
  const slip = page.getByRole('article').filter({ has: page.getByRole('link', { name: 'price-list' }) });
  await slip.getByRole('button', { name: 'Revert this change' }).click();
  await page.getByLabel('Why?').fill(SLIP);
}

async function revert(page) {
  await page.getByRole('dialog').getByRole('button', { name: 'Revert' }).click();
  await page.getByRole('article').filter({ hasText: SLIP }).waitFor();
}

try {
  await takeStory();
  await takeLive();
} finally {
  await closeBrowser();
}

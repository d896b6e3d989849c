import type { Browser } from 'playwright-core';

import { canInstall, install } from './servers/apt';
import { findProgram, isProgram } from './servers/command';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'Google Chrome'];
const PLACES = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/usr/lib/chromium',
  '/opt/google/chrome',
  '/Applications/Google Chrome.app/Contents/MacOS',
];

let shared: Promise<Browser> | undefined;

/** The browser of the whole run, started when it is asked for first. Specs take contexts of their own from it. */
export function browser(): Promise<Browser> {
  return (shared ??= launch());
}

/** Installs it where it is missing and can be had, which takes longer than a spec may. Specs that need it say why it is not there. */
export async function provideBrowser(): Promise<void> {
  await chromiumProgram().catch(() => undefined);
}

/** Ends the browser, if it was started. */
export async function closeBrowser(): Promise<void> {
  const running = shared;
  shared = undefined;
  // Why it did not start has been told to those who asked for it.
  await (await running?.catch(() => undefined))?.close();
}

async function launch(): Promise<Browser> {
  const executablePath = await chromiumProgram();
  // Every run of mocha comes by this file, and few of them need the package.
  const { chromium } = await import('playwright-core');
  // Chromium's sandbox does not work for root.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
}

/** Where Chromium is: AUDIT_TEST_CHROMIUM, else on the PATH and in the usual places, else installed by apt. */
async function chromiumProgram(): Promise<string> {
  const named = process.env['AUDIT_TEST_CHROMIUM'];
  if (named) {
    if (isProgram(named)) return named;
    throw new Error(`AUDIT_TEST_CHROMIUM names no program: ${named}`);
  }
  const found = findChromium();
  if (found) return found;
  if (canInstall()) {
    await install('chromium');
    const installed = findChromium();
    if (installed) return installed;
  }
  throw new Error(
    'The specs of the viewer need Chromium or Chrome, and there is none. ' +
      'Install it (on Debian: apt-get install chromium), or name its program in AUDIT_TEST_CHROMIUM.',
  );
}

function findChromium(): string | undefined {
  return NAMES.map((name) => findProgram(name, PLACES)).find((program) => program !== undefined);
}

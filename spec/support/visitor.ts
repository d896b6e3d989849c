import type { BrowserContextOptions, ConsoleMessage, Page, Request, Response } from 'playwright-core';

import { browser } from './browser';

/** Somebody with a browser of their own, and everything on its pages that should not happen. */
export interface Visitor {
  readonly page: Page;
  /**
   * Requests to other origins, refused requests, messages on the console, errors, dialogs, other windows and what the
   * Content-Security-Policy has held up, each in words.
   */
  troubles(): readonly string[];
  /** The bodies of what the server has answered so far. */
  answers(): Promise<string[]>;
  close(): Promise<void>;
}

const PATIENCE_MS = 10_000;

const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
  tellViolation([violatedDirective, blockedURI, sample].join(' ')))`;

/** A visitor of the pages at an origin, in Berlin and of no preferences. */
export async function openVisitor(origin: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await (
    await browser()
  ).newContext({
    baseURL: origin,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const troubles: string[] = [];
  const bodies: Promise<string>[] = [];
  await context.exposeFunction('tellViolation', (what: string) => void troubles.push(`violation: ${what}`));
  await context.addInitScript({ content: TELL_VIOLATIONS });
  const page = await context.newPage();
  context.on('page', (other) => troubles.push(`window: ${other.url()}`));
  context.on('dialog', (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  context.on('request', (request) => {
    if (isElsewhere(request, origin)) troubles.push(`request: ${request.url()}`);
  });
  context.on('response', (response) => {
    if (response.status() >= 400) troubles.push(refusalOf(response, origin));
    bodies.push(bodyOf(response));
  });
  page.on('console', (message) => {
    if (isTrouble(message)) troubles.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => troubles.push(`error: ${error.message}`));
  return {
    page,
    troubles: () => troubles,
    answers: () => Promise.all(bodies),
    close: () => context.close(),
  };
}

function isElsewhere(request: Request, origin: string): boolean {
  const url = request.url();
  return !url.startsWith(`${origin}/`) && !url.startsWith('data:');
}

function refusalOf(response: Response, origin: string): string {
  return `${response.status()}: ${response.url().replace(origin, '')}`;
}

/** The answer to a redirection has none, nor has one that the page has not waited for. */
function bodyOf(response: Response): Promise<string> {
  return response.text().catch(() => '');
}

/** Refused requests are told by {@link refusalOf}, which knows their path. */
function isTrouble(message: ConsoleMessage): boolean {
  return ['error', 'warning', 'assert'].includes(message.type()) && !/^Failed to load/.test(message.text());
}

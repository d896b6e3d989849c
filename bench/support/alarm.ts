import type { Logger } from '../../lib';

function alarm(message: string): void {
  process.stderr.write(`audit: ${message}\n`);
}

/** What goes wrong is said; the rest is not of interest. */
export const ALARM: Logger = { error: alarm, warn: alarm, info: () => undefined, debug: () => undefined };

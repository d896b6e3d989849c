const FIRST_BACKOFF_MS = 100;
const MAX_BACKOFF_MS = 5_000;

/** What a worker knows of its database: whether it fails, since when, and when to try again. */
export class Outage {
  private since: number | undefined;
  private attempts = 0;
  private retryAt = 0;

  get isOn(): boolean {
    return this.since !== undefined;
  }

  /** Milliseconds since the first failure in a row. */
  get durationMs(): number {
    return this.since === undefined ? 0 : performance.now() - this.since;
  }

  /** Milliseconds until the next attempt is due. */
  get pauseMs(): number {
    return Math.max(0, this.retryAt - performance.now());
  }

  failed(): void {
    const now = performance.now();
    this.since ??= now;
    // Several batches fail at once; they count as one attempt.
    if (now < this.retryAt) return;
    const pause = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** Math.min(this.attempts++, 10));
    this.retryAt = now + pause / 2 + (Math.random() * pause) / 2;
  }

  /** True if this ended an outage. */
  succeeded(): boolean {
    const ended = this.isOn;
    this.since = undefined;
    this.attempts = 0;
    this.retryAt = 0;
    return ended;
  }
}

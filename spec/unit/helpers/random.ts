/**
 * Random numbers that a seed brings back: mulberry32. A failing spec prints its seed, and
 * AUDIT_TEST_SEED=<seed> runs it again as it was.
 */
export class Random {
  private constructor(
    readonly seed: number,
    private state: number,
  ) {}

  static seeded(): Random {
    const given = Number(process.env['AUDIT_TEST_SEED']);
    const seed = Number.isSafeInteger(given) && given > 0 ? given : Date.now() % 2 ** 31;
    return new Random(seed, seed);
  }

  /** At least 0, less than 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, at least 0, less than `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Up to `most` of what `make` makes. */
  several<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  /** Runs a check that must hold for random input; a failure tells the seed. */
  check(work: () => void): void {
    try {
      work();
    } catch (error) {
      throw new Error(`It fails with AUDIT_TEST_SEED=${this.seed}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
}

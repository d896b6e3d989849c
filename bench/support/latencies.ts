import { createHistogram } from 'node:perf_hooks';

const MICROSECONDS = 1_000;

/** Times that something took, in milliseconds. What is kept of them does not grow with their number. */
export class Latencies {
  private readonly histogram = createHistogram({ figures: 3 });

  record(milliseconds: number): void {
    this.histogram.record(Math.max(1, Math.round(milliseconds * MICROSECONDS)));
  }

  /** Takes in all of another's. */
  add(other: Latencies): void {
    this.histogram.add(other.histogram);
  }

  get count(): number {
    return this.histogram.count;
  }

  percentile(percent: number): number {
    return this.histogram.percentile(percent) / MICROSECONDS;
  }

  get most(): number {
    return this.histogram.max / MICROSECONDS;
  }
}

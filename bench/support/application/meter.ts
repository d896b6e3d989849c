import { Latencies } from '../latencies';
import { median } from '../statistics';
import type { PhaseReport, Usage } from './report';

const SAMPLE_MS = 100;

/** Measures one phase, from its making to its end. What it keeps does not grow with the writes: it lives in the memory that it measures. */
export class Meter {
  private readonly latencies = new Latencies();
  private readonly resident: number[] = [];
  private readonly heap: number[] = [];
  private readonly external: number[] = [];
  private readonly startedAt = performance.now();
  private readonly timer = setInterval(() => this.look(), SAMPLE_MS);

  constructor(private readonly phase: string) {
    this.look();
  }

  wrote(milliseconds: number): void {
    this.latencies.record(milliseconds);
  }

  end(): PhaseReport {
    clearInterval(this.timer);
    this.look();
    return {
      phase: this.phase,
      seconds: (performance.now() - this.startedAt) / 1_000,
      writes: this.latencies.count,
      p50: this.latencies.percentile(50),
      p99: this.latencies.percentile(99),
      resident: usageOf(this.resident),
      heap: usageOf(this.heap),
      external: usageOf(this.external),
    };
  }

  private look(): void {
    const { rss, heapUsed, external } = process.memoryUsage();
    this.resident.push(rss);
    this.heap.push(heapUsed);
    // Node counts ArrayBuffers in it.
    this.external.push(external);
  }
}

function usageOf(samples: readonly number[]): Usage {
  return { median: median(samples), most: Math.max(...samples) };
}

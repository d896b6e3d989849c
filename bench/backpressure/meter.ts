import { createHistogram } from 'node:perf_hooks';

import { median } from '../support/statistics';
import type { Phase, PhaseReport, Usage } from './phases';

const SAMPLE_MS = 100;
const MICROSECONDS = 1_000;

/** Measures one phase, from its making to its end. What it keeps does not grow with the writes: it lives in the memory that it measures. */
export class Meter {
  private readonly latencies = createHistogram({ figures: 3 });
  private readonly resident: number[] = [];
  private readonly heap: number[] = [];
  private readonly external: number[] = [];
  private readonly startedAt = performance.now();
  private readonly timer = setInterval(() => this.look(), SAMPLE_MS);
  private writes = 0;

  constructor(private readonly phase: Phase) {
    this.look();
  }

  wrote(milliseconds: number): void {
    this.writes++;
    this.latencies.record(Math.max(1, Math.round(milliseconds * MICROSECONDS)));
  }

  end(): PhaseReport {
    clearInterval(this.timer);
    this.look();
    return {
      phase: this.phase,
      seconds: (performance.now() - this.startedAt) / 1_000,
      writes: this.writes,
      p50: this.latencies.percentile(50) / MICROSECONDS,
      p99: this.latencies.percentile(99) / MICROSECONDS,
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

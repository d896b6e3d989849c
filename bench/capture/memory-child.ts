import fs from 'node:fs';

import { residentPeak } from '../support/resident-peak';
import { changedValues } from './models';
import type { MemoryTask, MemoryUse } from './memory';
import { openShop } from './shop';

const SAMPLE_MS = 5;

// The one who asked has the answer, or is gone.
process.once('disconnect', () => process.exit());

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2] ?? '') as MemoryTask;
  const shop = await openShop(task.variant, task.options, task.dir);
  const { Product } = shop;
  // What is loaded or made with the first use is not the operation's.
  await Product.update(changedValues(), { where: { id: 1 } });
  const before = shop.captured();

  const memory = new MemoryPeak();
  const start = performance.now();
  const [rows] = await Product.update(changedValues(), { where: {} });
  const milliseconds = performance.now() - start;

  const use: MemoryUse = { milliseconds, rows, records: shop.captured() - before, ...memory.end() };
  await shop.close();
  process.send?.(use);
}

/** The largest size of heap and process, from its making to its end. */
class MemoryPeak {
  private readonly residentBefore: number;
  private readonly heapBefore: number;
  private heapPeak = 0;
  private residentPeak = 0;
  private readonly timer: NodeJS.Timeout;

  constructor() {
    globalThis.gc?.();
    ({ rss: this.residentBefore, heapUsed: this.heapBefore } = process.memoryUsage());
    forgetPeak();
    this.timer = setInterval(() => this.look(), SAMPLE_MS);
  }

  end(): Pick<MemoryUse, 'residentBefore' | 'residentPeak' | 'heapBefore' | 'heapPeak'> {
    clearInterval(this.timer);
    this.look();
    const { residentBefore, residentPeak, heapBefore, heapPeak } = this;
    return { residentBefore, residentPeak, heapBefore, heapPeak };
  }

  private look(): void {
    this.heapPeak = Math.max(this.heapPeak, process.memoryUsage().heapUsed);
    // Elsewhere than on Linux only what a look sees counts.
    this.residentPeak = Math.max(this.residentPeak, residentPeak('self') ?? process.memoryUsage.rss());
  }
}

/** The start of the process may have taken more for a moment; 5 resets the peak (man 5 proc). */
function forgetPeak(): void {
  if (residentPeak('self') !== undefined) fs.writeFileSync('/proc/self/clear_refs', '5');
}

void main();

import { setTimeout as delay } from 'node:timers/promises';

import { Sequelize } from 'sequelize';
import type { Model } from 'sequelize';

import { changedValues, defineModels, productValues } from '../capture/models';
import { times } from '../capture/operation';
import type { FilledTrail } from '../support/filled-trail';
import { Latencies } from '../support/latencies';

const BATCH = 10;
const BATCH_EVERY_MS = 20;
const USERS = 4;
/** Without one the machine would have nothing to spare, and nothing else could be done without a delay. */
const PAUSE_MS = 5;
const PRODUCTS = 1_000;

/** What was measured from one moment to another. */
export class Window {
  /** Of the trail's writer. */
  readonly batches = new Latencies();
  /** Of the application's users. */
  readonly updates = new Latencies();
}

/** Who writes into the database all the time: the trail's writer at a steady pace, and users of an application, who rest a little after each update. */
export class Traffic {
  private window = new Window();
  private isEnding = false;
  private failure: Error | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly users: Promise<void>[];
  /** Batches that are under way: the pace does not wait for them. */
  private readonly writing = new Set<Promise<void>>();

  private constructor(
    private readonly trail: FilledTrail,
    private readonly application: Sequelize,
    products: readonly Model[],
  ) {
    this.timer = setInterval(() => this.writeBatch(), BATCH_EVERY_MS);
    this.users = times(USERS, (user) => this.live(products.filter((_, index) => index % USERS === user)));
  }

  static async start(trail: FilledTrail): Promise<Traffic> {
    const pool = { max: USERS, idle: 3_600_000 };
    const application = new Sequelize(trail.url, { logging: false, pool });
    const { Product } = defineModels(application);
    await Product.sync();
    await Product.bulkCreate(times(PRODUCTS, productValues));
    return new Traffic(trail, application, await Product.findAll());
  }

  /** What is done from now on is measured in a new window; resolves to the one before. Throws what a writer has met. */
  next(): Window {
    if (this.failure) throw this.failure;
    const window = this.window;
    this.window = new Window();
    return window;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.isEnding = true;
    await Promise.all([...this.users, ...this.writing]);
    await this.application.close();
  }

  private writeBatch(): void {
    const write = this.trail.batchWrite(BATCH);
    const done = this.measure(this.window.batches, write).finally(() => this.writing.delete(done));
    this.writing.add(done);
  }

  private async live(products: readonly Model[]): Promise<void> {
    for (let turn = 0; !this.isEnding; turn++) {
      const product = products[turn % products.length] as Model;
      await this.measure(this.window.updates, () => product.update(changedValues()));
      await delay(PAUSE_MS);
    }
  }

  /** Counts where it began: a window holds all that had to wait for what happens in it. */
  private async measure(latencies: Latencies, write: () => Promise<unknown>): Promise<void> {
    const startedAt = performance.now();
    try {
      await write();
      latencies.record(performance.now() - startedAt);
    } catch (error) {
      this.failure ??= error as Error;
    }
  }
}

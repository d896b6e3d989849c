import { Settlement } from '../trail/strict/settlement';
import type { AuditTrail } from '../trail/trail';

/** Looking costs the listing of a directory, which is there only if a model is strict. */
const LOOK_MS = 1_000;

/** Settles what killed processes have left prepared, once a second; {@link Settlement} says how. */
export class Settling {
  private readonly settlement: Settlement | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** `isPossible`: whether the trail knows the application's database, and not only its own. */
  constructor({ sequelize, settings }: AuditTrail, isPossible: boolean) {
    if (isPossible && settings.driver !== 'sync') this.settlement = new Settlement(sequelize, settings);
  }

  start(): void {
    if (!this.settlement) return;
    void this.run();
    this.timer = setInterval(() => void this.run(), LOOK_MS).unref();
  }

  async run(): Promise<void> {
    await this.settlement?.run();
  }

  /** Waits for what it is at: its connection is closed next. */
  async stop(): Promise<void> {
    if (!this.timer) return;
    clearInterval(this.timer);
    await this.settlement?.idle();
  }
}

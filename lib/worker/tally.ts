import type { Batch } from '../record/batch';
import { EMPTY_STATS } from './handle';
import type { WorkerStats } from './handle';
import type { Outcome } from './processor';
import type { RecoveryReport } from './recovery';

/** The counts of {@link WorkerStats}, kept so that they add up at any moment. */
export class Tally {
  private readonly counts = { ...EMPTY_STATS };

  claimed({ count, firstTime }: Batch): void {
    this.counts.claimed += count;
    this.counts.inHand += count;
    // The clock of the host that captured it may be ahead of ours.
    if (firstTime !== undefined) this.counts.lagMs = Math.max(0, Date.now() - firstTime);
  }

  settled(outcome: Outcome, records: number): void {
    this.counts.inHand -= records;
    if (outcome.kind === 'stored') {
      this.counts.stored += outcome.inserted;
      this.counts.duplicates += outcome.duplicates;
      this.counts.buried += outcome.buried;
    } else {
      this.counts[outcome.kind] += records;
    }
  }

  recovered({ recovered, duplicates, buried }: RecoveryReport): void {
    this.counts.recovered += recovered + duplicates;
    this.counts.reburied += buried;
  }

  pruned(records: number): void {
    this.counts.pruned += records;
  }

  stats(now: Pick<WorkerStats, 'state' | 'databaseDown'>): WorkerStats {
    return { ...this.counts, ...now };
  }
}

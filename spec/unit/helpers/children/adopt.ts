import { JournalSource } from '../../../../lib/buffer/journal/journal-source';
import { linesOf } from '../records';

/** A worker: tells the records that it claims, and acknowledges them, until it is killed. */
const [, , journal = ''] = process.argv;
const source = new JournalSource(journal, { onDamage: () => process.exit(1) });

async function work(): Promise<void> {
  for (;;) {
    const claim = await source.claim(50, 1000);
    if (!claim) continue;
    await new Promise((resolve) => process.send?.(linesOf(claim.batch.lines), resolve));
    await source.acknowledge(claim.receipt);
  }
}

void work();

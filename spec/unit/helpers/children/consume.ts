import { JournalSource } from '../../../../lib/buffer/journal/journal-source';

/** Claims all that there is, acknowledges nothing, and stays alive until it is killed. */
const [, , journal = ''] = process.argv;
const source = new JournalSource(journal, { onDamage: () => undefined });
void source.claim(1000, 5000).then((claim) => process.send?.(claim?.batch.count ?? 0));
setInterval(() => undefined, 1000);

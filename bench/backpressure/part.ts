import type { Part } from '../part';
import { WORKER_PLACES } from '../support/worker-place';
import { runCase } from './run-case';
import { caseTable } from './table';

export const backpressure: Part = {
  name: 'backpressure',
  description: 'memory and latency of the application while nothing can be stored for minutes (--minutes)',
  notes: [
    'Eight users of an application on PostgreSQL change rows without a pause: creates, updates, and one bulkCreate of 20 rows in 25 writes. The trail is in another database; that, and with driver `redis` Redis as well, is reached through a proxy, which after a time of **normal** work refuses every connection (**refused**), then lets nothing through and ends no connection (**silent**), then lets all pass again (**healed**).',
    'The application is a process of its own, which looks at its memory every 100 ms and measures each write. “Above normal” is the most of RSS in the phase less the most of RSS in the normal phase; a thread of the application counts with it. What waits is counted at the end of the phase. After the last one all is stored, and the records are counted: one for each change that was acknowledged, or the run counts as failed.',
  ],
  async *run(bench) {
    for (const each of WORKER_PLACES) {
      const result = await bench.progress(`backpressure, ${each.title}`, 1, () => runCase(bench, each));
      yield caseTable(each.title, result);
    }
  },
};

import type { Bench, Part, ResultTable } from '../part';
import { describeDatabase } from '../support/machine';
import type { DatabaseName } from '../support/servers';
import { ceilingsOf } from './ceilings';
import type { Contender } from './contender';
import { Home } from './home';
import { race } from './lap';
import { bulkCreate, modelLoop } from './rivals';
import { raceTable } from './table';
import { fromJournal, fromStream } from './worker';

const FULL = { records: 200_000, rounds: 6 };
const QUICK = { records: 4_000, rounds: 1 };
const DEFAULT_CONNECTIONS = 2;

export const drain: Part = {
  name: 'drain',
  description: 'how fast a worker brings what waits into the table, beside the most that the database takes',
  notes: [
    'All store the same records (updates of four columns, about 370 bytes in the wire form) into the same table, in turns: a round holds a lap of each, the table is emptied after each lap, and the rows are counted. Ratios are medians of the ratios of the same round, with the interval in which the true median lies with 95 % confidence. CPU is that of the JavaScript thread.',
    'The first line is the ceiling: rows that lie in memory, encoded as the driver wants them, in batches as large as the worker’s, each committed, through one connection. `AuditWorker` does the whole work: it starts (looks at the migrations, opens its connections), takes records from the journal (a frame each, as single changes leave them) or from the Redis Stream (64 records an entry), stores them exactly once and acknowledges them; its time ends with the last acknowledgement. `LPOP one by one` is the worker loop of the system that this package is modelled on: records as JSON in a Redis list, batches of 100, a bulk insert through Sequelize. Slow ones have laps of a tenth.',
  ],
  async *run(bench) {
    for (const database of bench.databases) yield await runDatabase(bench, database);
  },
};

async function runDatabase(bench: Bench, database: DatabaseName): Promise<ResultTable> {
  const size = bench.quick ? QUICK : FULL;
  const home = await Home.create(bench, database, size.records);
  const contenders = await enter(home);
  try {
    const laps = contenders.length * (size.rounds + 1);
    let done = 0;
    const scores = await bench.progress(`drain, ${database}`, laps, (update) =>
      race(contenders, size, () => update(++done)),
    );
    const [first] = contenders as [Contender];
    return raceTable(await describeDatabase(first.trail.database.sequelize), database, scores);
  } finally {
    for (const contender of contenders) await contender.close();
  }
}

async function enter(home: Home): Promise<Contender[]> {
  // A SQLite file has one writer.
  const connections = home.database === 'sqlite' ? [1] : [1, DEFAULT_CONNECTIONS];
  const ours = connections.map((count) => fromJournal(home, count));
  for (const count of connections) ours.push(await fromStream(home, count));
  return [...ceilingsOf(home), ...ours, bulkCreate(home), await modelLoop(home)];
}

import type { Goal, Part, ResultTable } from '../part';
import { amount } from '../support/cells';
import { percentile } from '../support/statistics';
import { WORKER_PLACES } from '../support/worker-place';
import { runCase } from './run-case';
import type { CaseResult, Pace } from './run-case';

const FULL: Pace = { perSecond: 1_000, seconds: 30, lead: 3 };
const QUICK: Pace = { perSecond: 1_000, seconds: 2, lead: 0.5 };

const MOST_P50 = 50;
const MOST_P99 = 250;
/** Of the pace. */
const LEAST_REACHED = 0.98;

export const lag: Part = {
  name: 'lag',
  description: 'from the answer to a change until its record is in the table, at 1,000 changes a second',
  notes: [
    `An application on PostgreSQL updates rows at a steady pace, ${amount(FULL.perSecond)} a second for ${FULL.seconds} seconds, of which the first ${FULL.lead} are not measured: each begins when it is due, whether those before are done or not. The trail is in the same database, all settings are the defaults. ` +
      'The lag of a change is the time from its acknowledgement, the end of `update()` (the commit, and the rest of a turn of the event loop), until its record was seen in the table by a third process.',
    'That one looks every few milliseconds on a connection of its own. What it sees has been there for a part of the time between two looks, and for the time of the query, which both are in the figures. All three share the machine with the database. In the end the records are counted: one for each change, or the run counts as failed.',
  ],
  async *run(bench) {
    const results: (CaseResult & { readonly title: string })[] = [];
    await bench.progress('lag', WORKER_PLACES.length, async (update) => {
      for (const each of WORKER_PLACES) {
        results.push({ title: each.title, ...(await runCase(bench, each, bench.quick ? QUICK : FULL)) });
        update(results.length);
      }
    });
    yield lagTable(results);
  },
};

function lagTable(results: readonly (CaseResult & { readonly title: string })[]): ResultTable {
  return {
    title: `postgres, ${amount(FULL.perSecond)} changes a second`,
    head: [
      '',
      'changes/s reached',
      'p50, ms',
      'p99, ms',
      'at most, ms',
      'between two looks: p50, ms',
      'p99, ms',
    ],
    rows: results.map(({ title, reached, lags, gaps }) => [
      title,
      amount(reached),
      percentile(lags, 50).toFixed(0),
      percentile(lags, 99).toFixed(0),
      percentile(lags, 100).toFixed(0),
      percentile(gaps, 50).toFixed(1),
      percentile(gaps, 99).toFixed(1),
    ]),
    remarks: [],
    failures: results
      .filter(({ changes, stored, distinct }) => stored !== changes || distinct !== changes)
      .map(({ title, changes, stored, distinct }) => {
        return `${title}: ${stored} records, ${distinct} ids, of ${changes} changes.`;
      }),
    goals: results.flatMap(({ title, lags, reached }) => [
      goalOf(`${title}: p50`, percentile(lags, 50), MOST_P50, reached),
      goalOf(`${title}: p99`, percentile(lags, 99), MOST_P99, reached),
    ]),
  };
}

/** It is about so many changes a second: where fewer were made nothing is met. */
function goalOf(what: string, value: number, most: number, reached: number): Goal {
  return {
    what,
    aim: `at most ${most} ms at ${amount(FULL.perSecond)} changes a second`,
    value: `${value.toFixed(0)} ms at ${amount(reached)}`,
    isMet: value <= most && reached >= LEAST_REACHED * FULL.perSecond,
  };
}

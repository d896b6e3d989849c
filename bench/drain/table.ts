import type { Goal, ResultTable } from '../part';
import type { DatabaseName } from '../support/servers';
import { amount, ratioCell } from '../support/cells';
import { atLeast, atMost } from '../support/goals';
import { median } from '../support/statistics';
import type { Score } from './lap';

/** Of the ceiling: through one connection, and through as many as by default. */
const AIMS: Readonly<Record<DatabaseName, readonly [one: number, standard: number]>> = {
  postgres: [1, 1.5],
  mariadb: [1, 1.4],
  mysql: [1, 1.4],
  sqlite: [0.9, 0.9],
};
const MODEL_AIM = 10;
const CPU_AIM = 3;

export function raceTable(title: string, database: DatabaseName, scores: readonly Score[]): ResultTable {
  const ceiling = scores[0] as Score;
  return {
    title,
    head: ['', 'connections', 'laps', 'records/s', `of ${ceiling.contender.name}`, 'CPU, µs a record'],
    rows: scores.map((score) => [
      score.contender.name,
      String(score.contender.connections),
      String(score.laps.length),
      amount(rateOf(score)),
      ratioCell(ratios(score, ceiling)),
      cpuOf(score).toFixed(1),
    ]),
    remarks: [],
    failures: scores
      .filter(({ wrong }) => wrong > 0)
      .map(({ contender, wrong }) => `${contender.name}: ${wrong} records too many or too few in the table.`),
    goals: goalsOf(database, scores, ceiling),
    chart: {
      title: `Drain on ${database}`,
      unit: 'records a second, from the buffer to the committed row',
      bars: [...scores]
        .sort((a, b) => rateOf(b) - rateOf(a))
        .map((score) => ({
          label: labelOf(score),
          value: rateOf(score),
          isOurs: score.contender.kind === 'ours',
        })),
    },
  };
}

function goalsOf(database: DatabaseName, scores: readonly Score[], ceiling: Score): Goal[] {
  const [one, standard] = AIMS[database];
  const model = scores.at(-1) as Score;
  return scores
    .filter(({ contender }) => contender.kind === 'ours')
    .flatMap((score) => {
      const aim = score.contender.connections === 1 ? one : standard;
      const label = labelOf(score);
      const ratio = median(ratios(score, ceiling));
      const ofCeiling = atLeast(`${label}, of ${ceiling.contender.name}`, aim, ratio, { digits: 2 });
      if (database !== 'postgres') return [ofCeiling];
      const ofModel = median(ratios(score, model));
      return [
        ofCeiling,
        atLeast(`${label}, of the model's loop`, MODEL_AIM, ofModel, { digits: 2 }),
        atMost(`${label}, CPU of the worker`, CPU_AIM, cpuOf(score), { digits: 1, unit: ' µs' }),
      ];
    });
}

function labelOf({ contender: { name, connections } }: Score): string {
  return connections === 1 ? name : `${name}, ${connections} connections`;
}

function rateOf({ laps }: Score): number {
  return median(laps.map(({ rate }) => rate));
}

function cpuOf({ laps }: Score): number {
  return median(laps.map(({ cpu }) => cpu));
}

/** Of the rates of the same round. */
function ratios(score: Score, of: Score): number[] {
  return score.laps.map(({ rate }, round) => rate / (of.laps[round]?.rate ?? NaN));
}

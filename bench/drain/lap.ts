import { orderOf } from '../support/paired';
import { takeCount } from '../support/store';
import { threadCpuMicroseconds } from '../support/thread-cpu';
import type { Contender } from './contender';

/** What a contender did in one lap. */
export interface Lap {
  /** Records a second. */
  readonly rate: number;
  /** Microseconds of the JavaScript thread's processor time a record. */
  readonly cpu: number;
}

export interface Score {
  readonly contender: Contender;
  readonly laps: readonly Lap[];
  /** Records that a lap left out or stored twice, over all laps. */
  readonly wrong: number;
}

/** Every contender runs in every round, in changing order; the first round is for caches and code to be warm, and is left out. */
export async function race(
  contenders: readonly Contender[],
  { records, rounds }: { records: number; rounds: number },
  onLap: () => void,
): Promise<Score[]> {
  const scores = contenders.map((contender) => ({ contender, laps: [] as Lap[], wrong: 0 }));
  for (let round = -1; round < rounds; round++) {
    for (const score of orderOf(scores, round + 1)) {
      const { contender } = score;
      const count = Math.ceil(records * contender.share);
      await contender.prepare(count);
      const lap = await measure(() => contender.run(), count);
      await contender.rest?.();
      score.wrong += Math.abs((await takeCount(contender.trail)) - count);
      if (round >= 0) score.laps.push(lap);
      onLap();
    }
  }
  return scores;
}

async function measure(run: () => Promise<void>, count: number): Promise<Lap> {
  const cpu = threadCpuMicroseconds();
  const start = performance.now();
  await run();
  const seconds = (performance.now() - start) / 1000;
  return { rate: count / seconds, cpu: (threadCpuMicroseconds() - cpu) / count };
}

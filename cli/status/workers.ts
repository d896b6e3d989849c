import type { TrailStatus } from '../../lib/status/trail-status';
import { amount, printable, shortened } from '../output';
import type { Output } from '../output';
import { workerName } from '../worker-name';
import { perSecond } from './sections';
import { age, time } from './times';

const LONGEST_ERROR = 200;

/** Who is at work, and who has fallen silent; below it what they complained of last. */
export function workersTable(workers: NonNullable<TrailStatus['workers']>, output: Output): string {
  const { bold, green, yellow } = output.colors;
  if (workers.length === 0) return `${bold('Workers')}\n  none seen within the last hour`;
  const head = ['worker', 'state', 'version', 'driver', 'up for', 'stored', 'a second', 'set aside'];
  const rows = workers.map((worker) => [
    workerName(worker),
    worker.atWork ? green('at work') : yellow(`silent since ${time(worker.seenAt)}`),
    printable(worker.version),
    printable(worker.driver),
    age(worker.startedAt, Math.max(worker.seenAt.getTime(), worker.startedAt.getTime())),
    amount(worker.stored),
    worker.atWork && worker.storedPerSecond !== null ? perSecond(worker.storedPerSecond) : '',
    setAside(worker),
  ]);
  const errors = workers.flatMap((worker) =>
    worker.lastError
      ? [
          `  ${workerName(worker)}, ${time(worker.lastError.at)}: ` +
            yellow(printable(shortened(worker.lastError.message, LONGEST_ERROR))),
        ]
      : [],
  );
  return [
    bold('Workers'),
    output.plainTable(rows, head),
    ...(errors.length > 0 ? [bold('Last warnings and errors'), ...errors] : []),
  ].join('\n');
}

type Worker = NonNullable<TrailStatus['workers']>[number];

function setAside({ rescued, buried, duplicates }: Worker): string {
  const parts = Object.entries({ rescued, buried, duplicates }).filter(([, count]) => count > 0);
  return parts.map(([what, count]) => `${amount(count)} ${what}`).join(', ');
}

import { SingleBar } from 'cli-progress';

import { amount, colorsFor } from './output';
import type { Output } from './output';

/** Runs work that tells how far it is, with a bar on stderr if that is a terminal. */
export async function withProgress<T>(
  label: string,
  total: number,
  output: Output,
  work: (update: (done: number) => void) => Promise<T>,
): Promise<T> {
  if (!output.showsProgress || total === 0) return work(() => undefined);
  const bar = barOf(`${label} {bar} {value}/{total}`);
  bar.start(total, 0);
  try {
    return await work((done) => bar.update(done));
  } finally {
    bar.stop();
  }
}

/** The same where counting all would take too long: the work tells which share is done, and of how many records. */
export async function withShare<T>(
  label: string,
  output: Output,
  work: (update: (share: number, records: number) => void) => Promise<T>,
): Promise<T> {
  if (!output.showsProgress) return work(() => undefined);
  const bar = barOf(`${label} {bar} {percentage}%  {records} records`);
  bar.start(100, 0, { records: 0 });
  try {
    return await work((share, records) =>
      bar.update(Math.floor(Math.min(Math.max(share, 0), 1) * 100), { records: amount(records) }),
    );
  } finally {
    bar.stop();
  }
}

function barOf(format: string): SingleBar {
  return new SingleBar({
    stream: process.stderr,
    format: format.replace('{bar}', colorsFor(process.stderr).green('{bar}')),
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // Signals are the command's.
    gracefulExit: false,
  });
}

import { SingleBar } from 'cli-progress';

import { colorsFor } from './output';
import type { Output } from './output';

/** Runs work that tells how far it is, with a bar on stderr if that is a terminal. */
export async function withProgress<T>(
  label: string,
  total: number,
  output: Output,
  work: (update: (done: number) => void) => Promise<T>,
): Promise<T> {
  if (!output.showsProgress || total === 0) return work(() => undefined);
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${label} ${colorsFor(process.stderr).green('{bar}')} {value}/{total}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // Signals are the command's.
    gracefulExit: false,
  });
  bar.start(total, 0);
  try {
    return await work((done) => bar.update(done));
  } finally {
    bar.stop();
  }
}

/** What a process that a run has started has to do with it. */

/** Ends this process with the run: when that is gone nobody else would. */
export function endWithRun(): void {
  process.once('disconnect', leave);
}

/** Nothing more is to be said; the process ends when its work has. */
export function partFromRun(): void {
  process.off('disconnect', leave);
  process.disconnect();
}

export function tellRun(told: object): void {
  process.send?.(told);
}

function leave(): void {
  process.exit();
}

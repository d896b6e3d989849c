const pending = new Set<() => void>();

/** The latest first: it may need what was there before it. */
function runAll(): void {
  for (const work of [...pending].reverse()) work();
}

/** Runs `work`, which must be synchronous, when the process exits; the answer calls it off. One listener serves all. */
export function atExit(work: () => void): () => void {
  if (pending.size === 0) process.once('exit', runAll);
  pending.add(work);
  return () => {
    pending.delete(work);
    if (pending.size === 0) process.removeListener('exit', runAll);
  };
}

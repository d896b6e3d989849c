const pending = new Set<() => void>();

function runAll(): void {
  for (const work of pending) work();
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

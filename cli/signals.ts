/** npx passes a Ctrl+C on to a command that has got it from the terminal already. */
const ECHO_MS = 250;

/**
 * Aborts at the first signal that asks to end. The second one ends the process at once: nothing is lost
 * by that, because what was not acknowledged comes again.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  const onSignal = (name: NodeJS.Signals): void => {
    if (!controller.signal.aborted) {
      first = performance.now();
      controller.abort();
    } else if (name !== 'SIGINT' || performance.now() - first > ECHO_MS) {
      process.exit(1);
    }
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

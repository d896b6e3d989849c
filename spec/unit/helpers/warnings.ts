import { setImmediate as immediate } from 'node:timers/promises';

/** The warnings of the package that the process gives while `work` runs, in order. */
export async function warningsOf(work: () => unknown): Promise<string[]> {
  const given: string[] = [];
  const listen = (warning: Error): void => {
    if (warning.name === 'AuditWarning') given.push(warning.message);
  };
  process.on('warning', listen);
  try {
    await work();
    // Node gives them in the next tick.
    await immediate();
  } finally {
    process.off('warning', listen);
  }
  return given;
}

export type CheckVerdict = 'ok' | 'warn' | 'fail';

/** One thing that was looked at. */
export interface Check {
  /** Short, the same in every version: programs look for it. */
  readonly name: string;
  readonly verdict: CheckVerdict;
  /** What was found. */
  readonly detail: string;
  /** What to do about it; null where there is nothing to do. */
  readonly remedy: string | null;
}

export function ok(name: string, detail: string): Check {
  return { name, verdict: 'ok', detail, remedy: null };
}

export function warn(name: string, detail: string, remedy: string): Check {
  return { name, verdict: 'warn', detail, remedy };
}

export function fail(name: string, detail: string, remedy: string): Check {
  return { name, verdict: 'fail', detail, remedy };
}

/** The worst of some verdicts. */
export function worstOf(checks: readonly Check[]): CheckVerdict {
  if (checks.some(({ verdict }) => verdict === 'fail')) return 'fail';
  return checks.some(({ verdict }) => verdict === 'warn') ? 'warn' : 'ok';
}

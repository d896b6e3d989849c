import type { Goal } from '../part';

interface Shown {
  /** Digits behind the point. */
  readonly digits: number;
  /** ` MB`. Default none. */
  readonly unit?: string;
}

export function atMost(what: string, most: number, value: number, shown: Shown): Goal {
  return { ...judged(what, `at most ${most}`, value, shown), isMet: value <= most };
}

export function atLeast(what: string, least: number, value: number, shown: Shown): Goal {
  return { ...judged(what, `at least ${least}`, value, shown), isMet: value >= least };
}

function judged(what: string, aim: string, value: number, { digits, unit = '' }: Shown): Omit<Goal, 'isMet'> {
  return { what, aim: `${aim}${unit}`, value: `${value.toFixed(digits)}${unit}` };
}

export interface PairedOptions {
  /** Milliseconds after which no further round begins. */
  readonly budgetMs: number;
  /** So many rounds in any case. */
  readonly minRounds: number;
}

/** Prepares a round, measures it, and resolves to what it cost. */
export type Variant<Cost> = () => Promise<Cost>;

/**
 * Runs the variants of one operation against each other in many short rounds, and resolves to the costs
 * of each, round by round.
 *
 * The speed of a machine wanders by some per cent within seconds. What is compared lies side by side,
 * therefore, and the order changes from round to round, so that none always follows the same other one.
 * The first round, in which code and caches are cold, is left out.
 */
export async function measurePaired<Name extends string, Cost>(
  variants: Readonly<Record<Name, Variant<Cost>>>,
  { budgetMs, minRounds }: PairedOptions,
): Promise<Record<Name, Cost[]>> {
  const names = Object.keys(variants) as Name[];
  const costs = Object.fromEntries(names.map((name) => [name, [] as Cost[]])) as Record<Name, Cost[]>;
  const start = performance.now();
  for (let round = -1; round < minRounds || performance.now() - start < budgetMs; round++) {
    for (const name of orderOf(names, round + 1)) {
      const cost = await variants[name]();
      if (round >= 0) costs[name].push(cost);
    }
  }
  return costs;
}

/** All rotations one after the other, then all of the reverse. */
export function orderOf<T>(items: readonly T[], round: number): T[] {
  const turn = round % items.length;
  const rotated = [...items.slice(turn), ...items.slice(0, turn)];
  return Math.floor(round / items.length) % 2 === 0 ? rotated : rotated.reverse();
}

import { measurePaired } from '../support/paired';
import { measureRound } from '../support/round';
import type { Cost } from '../support/round';
import { reset } from './operation';
import type { Operation } from './operation';
import { VARIANTS } from './shop';
import type { Shop, VariantName } from './shop';

/** What an operation cost in each variant, and whether it was recorded. */
export interface Comparison {
  readonly operation: Operation;
  readonly costs: Readonly<Record<VariantName, readonly Cost[]>>;
  /** Rows that were changed where they are audited, and so the records there should be. */
  readonly expected: number;
  /** Records that stood in the table in the end. */
  readonly recorded: number;
}

/** `share` is the part of a round's operations that are done. */
const FULL = { budgetMs: 6_000, minRounds: 12, share: 1 };
const QUICK = { budgetMs: 100, minRounds: 2, share: 0.25 };

export async function compare(
  operation: Operation,
  shops: Readonly<Record<VariantName, Shop>>,
  { quick }: { quick: boolean },
): Promise<Comparison> {
  for (const variant of VARIANTS) await reset(shops[variant], operation);
  const settings = quick ? QUICK : FULL;
  const times = Math.ceil(operation.perRound * settings.share);
  const before = shops.audited.captured();
  let expected = 0;
  const rounds = (variant: VariantName) => async () => {
    const round = await operation.prepare(shops[variant], times);
    if (variant === 'audited') expected += round.length * operation.records;
    return measureRound(round);
  };
  const costs = await measurePaired(
    { plain: rounds('plain'), untouched: rounds('untouched'), audited: rounds('audited') },
    settings,
  );
  const captured = shops.audited.captured() - before;
  const stored = await shops.audited.storedRecords();
  // They differ only if something was lost on the way, and then the smaller number is the one that counts.
  return { operation, costs, expected, recorded: Math.min(captured, stored) };
}

import { median, percentile } from '../support/statistics';
import type { CaseResult, VariantResult } from './run-case';
import { UNAUDITED } from './variants';
import type { VariantName } from './variants';

/** What a variant comes to beside the same application without audit, in the same rounds. */
export interface Figures {
  /** `update, 10 at a time`. */
  readonly what: string;
  readonly variant: VariantName;
  readonly rounds: number;
  /** Operations a second, in the median round. */
  readonly perSecond: number;
  /** Throughput of un-audited, round by round. */
  readonly ratios: readonly number[];
  /** Milliseconds, of all operations of all rounds. */
  readonly p99: number;
  /** Times that of un-audited. */
  readonly p99Ratio: number;
  /** Microseconds an operation more than un-audited, round by round. */
  readonly extraCpu: readonly number[];
}

export function figuresOf(result: CaseResult, variant: VariantName): Figures {
  const { costs } = result.results.get(variant) as VariantResult;
  const plain = (result.results.get('plain') as VariantResult).costs;
  const p99 = percentile99(costs);
  return {
    what: `${result.operation}, ${result.users} at a time`,
    variant,
    rounds: costs.length,
    perSecond: 1e6 / median(costs.map(({ wall }) => wall)),
    ratios: costs.map(({ wall }, round) => (plain[round]?.wall ?? NaN) / wall),
    p99,
    p99Ratio: p99 / percentile99(plain),
    extraCpu: extraCpu(result, variant, 'plain'),
  };
}

/** Microseconds an operation more than another variant took in the same round. */
export function extraCpu({ results }: CaseResult, variant: VariantName, than: VariantName): number[] {
  const others = results.get(than)?.costs ?? [];
  return (results.get(variant)?.costs ?? []).map(({ cpu }, round) => cpu - (others[round]?.cpu ?? NaN));
}

/** Of each variant that keeps a trail: whether it has one record for each change. */
export function failuresOf({ operation, users, results }: CaseResult): string[] {
  return [...results]
    .filter(([variant, { changes, records }]) => !UNAUDITED.includes(variant) && records !== changes)
    .map(([variant, { changes, records }]) => {
      return `${variant}, ${operation}, ${users} at a time: ${records} records of ${changes} changes.`;
    });
}

function percentile99(costs: VariantResult['costs']): number {
  const latencies = costs.flatMap((cost) => cost.latencies);
  return percentile(latencies, 99) / 1000;
}

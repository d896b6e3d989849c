import type { Part } from '../part';
import { runCase } from './run-case';
import { VARIANTS } from './variants';
import type { VariantName } from './variants';
import { median } from '../support/statistics';

export const writePath: Part = {
  name: 'write-path',
  description: 'x',
  notes: [],
  async *run(bench) {
    const variants = (process.env.V?.split(',') ?? Object.keys(VARIANTS)) as VariantName[];
    const result = await runCase(bench, {
      operation: (process.env.O ?? 'update') as 'update',
      users: Number(process.env.U ?? 10),
      variants,
      worker: !!process.env.W,
    });
    const plain = result.results.get('plain')!;
    yield {
      title: 'try',
      head: ['v', 'rounds', 'per s', 'ratio', 'p99', 'cpu', 'extra', 'changes', 'records'],
      rows: [...result.results].map(([name, { costs, changes, records }]) => {
        const lat = costs.flatMap((c) => c.latencies).sort((a, b) => a - b);
        return [
          name,
          String(costs.length),
          (1e6 / median(costs.map((c) => c.wall))).toFixed(0),
          median(costs.map((c, i) => plain.costs[i]!.wall / c.wall)).toFixed(3),
          (lat[Math.floor(lat.length * 0.99)]! / 1000).toFixed(2),
          median(costs.map((c) => c.cpu)).toFixed(1),
          median(costs.map((c, i) => c.cpu - plain.costs[i]!.cpu)).toFixed(1),
          String(changes),
          String(records),
        ];
      }),
      remarks: [],
      failures: [],
    };
  },
};

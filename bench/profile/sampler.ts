import type { Profiler } from 'node:inspector';
import { Session } from 'node:inspector/promises';

import { originOf } from './origins';
import type { Origin } from './origins';

/** Microseconds between two looks. */
const INTERVAL = 200;

/** Microseconds that the thread was at work, by whose work it was. */
export type Shares = ReadonlyMap<Origin, number>;

/** V8's profiler, which looks at the thread's stack again and again. */
export class Sampler {
  private readonly session = new Session();

  private constructor() {
    this.session.connect();
  }

  static async start(): Promise<Sampler> {
    const sampler = new Sampler();
    await sampler.session.post('Profiler.enable');
    await sampler.session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
    return sampler;
  }

  async sample(work: () => Promise<unknown>): Promise<Shares> {
    await this.session.post('Profiler.start');
    await work();
    const { profile } = await this.session.post('Profiler.stop');
    return sharesOf(profile);
  }

  stop(): void {
    this.session.disconnect();
  }
}

function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): Shares {
  const origins = originsOf(nodes);
  const shares = new Map<Origin, number>();
  for (const [index, node] of samples.entries()) {
    const origin = origins.get(node);
    if (origin) shares.set(origin, (shares.get(origin) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return shares;
}

/** Of each place in the tree of calls; none where the thread sleeps. */
function originsOf(nodes: readonly Profiler.ProfileNode[]): ReadonlyMap<number, Origin> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const origins = new Map<number, Origin>();
  const visit = ({ id, callFrame, children = [] }: Profiler.ProfileNode, callers: Origin): void => {
    const { functionName, url } = callFrame;
    const origin = functionName === '(garbage collector)' ? 'garbage collection' : (originOf(url) ?? callers);
    if (functionName !== '(idle)') origins.set(id, origin);
    for (const child of children) visit(byId.get(child) as Profiler.ProfileNode, origin);
  };
  if (nodes[0]) visit(nodes[0], 'Node.js');
  return origins;
}

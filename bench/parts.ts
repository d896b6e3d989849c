import { backpressure } from './backpressure/part';
import { capture } from './capture/part';
import { drain } from './drain/part';
import { growth } from './growth/part';
import { memory } from './memory/part';
import type { Part } from './part';
import { prune } from './prune/part';

/** In the order in which they run, and stand in the results. */
export const PARTS: readonly Part[] = [capture, drain, prune, memory, growth, backpressure];

import { backpressure } from './backpressure/part';
import { capture } from './capture/part';
import { drain } from './drain/part';
import { growth } from './growth/part';
import { lag } from './lag/part';
import { memory } from './memory/part';
import type { Part } from './part';
import { profile } from './profile/part';
import { prune } from './prune/part';
import { writePath } from './write-path/part';

/** In the order in which they run, and stand in the results. */
export const PARTS: readonly Part[] = [
  capture,
  writePath,
  profile,
  drain,
  lag,
  prune,
  memory,
  growth,
  backpressure,
];

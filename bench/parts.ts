import { backpressure } from './backpressure/part';
import { capture } from './capture/part';
import { lag } from './lag/part';
import type { Part } from './part';
import { writePath } from './write-path/part';

/** In the order in which they run, and stand in the results. */
export const PARTS: readonly Part[] = [capture, writePath, lag, backpressure];

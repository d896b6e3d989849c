import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { ROOT } from '../support/machine';

/** Whose work it is that the thread does. */
export const ORIGINS = ['this package', 'Sequelize', 'the driver', 'Node.js', 'garbage collection'] as const;

/** The benchmark's is above all that of the profiler, when it is started and stopped. */
export type Origin = (typeof ORIGINS)[number] | 'the benchmark';

const OURS = folderUrl('dist/lib');
const BENCHMARK = folderUrl('dist/');
const DRIVER = /\/node_modules\/(pg|pg-[^/]+|postgres-[^/]+)\//;

/** Of a function by the file it stands in; undefined for what does the work of its caller: Node.js itself, and native functions. */
export function originOf(url: string): Origin | undefined {
  if (url.startsWith(OURS)) return 'this package';
  if (url.startsWith(BENCHMARK)) return 'the benchmark';
  if (DRIVER.test(url)) return 'the driver';
  // With lodash, moment and what else it is made of.
  return url.includes('/node_modules/') ? 'Sequelize' : undefined;
}

function folderUrl(folder: string): string {
  return pathToFileURL(path.join(ROOT, folder)).href;
}

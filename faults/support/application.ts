import path from 'node:path';

import { until } from '../../spec/support/until';
import type { ApplicationTask } from '../children/application';
import { NodeChild } from '../../spec/support/child-process';

const PROGRAM = path.join(__dirname, '../children/application.js');

/** The application as a process. */
export class Application extends NodeChild {
  /** Changes that were acknowledged so far, as far as it has told. */
  acknowledged = 0;

  constructor(task: ApplicationTask, cwd: string, env: NodeJS.ProcessEnv) {
    super([PROGRAM, JSON.stringify(task)], { cwd, env });
    this.process.on('message', (told: { acknowledged: number }) => (this.acknowledged = told.acknowledged));
  }

  /** Until it has made so many more changes. */
  async makes(changes: number): Promise<void> {
    const target = this.acknowledged + changes;
    await until(() => this.acknowledged >= target || !this.isRunning, {
      what: `${changes} more changes`,
      timeoutMs: 60_000,
      intervalMs: 2,
    });
  }
}

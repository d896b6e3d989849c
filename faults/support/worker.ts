import path from 'node:path';

import { Child } from './child';

const PROGRAM = path.join(__dirname, '../../cli/main.js');

/** `audit work` as a process. */
export class Worker extends Child {
  constructor(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[] = []) {
    super([PROGRAM, 'work', ...args], { cwd, env });
  }

  async ready(): Promise<void> {
    await this.says(/takes records|cannot be reached/);
  }
}

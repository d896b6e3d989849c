import path from 'node:path';

import { Child } from './child';

const PROGRAM = path.join(__dirname, '../../cli/main.js');

/** The command `audit` as a process. */
export class AuditCommand extends Child {
  constructor(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]) {
    super([PROGRAM, ...args], { cwd, env });
  }
}

import path from 'node:path';

import { NodeChild } from '../../spec/support/child-process';

const PROGRAM = path.join(__dirname, '../../cli/main.js');

/** The command `audit` as a process. */
export class AuditCommand extends NodeChild {
  constructor(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]) {
    super([PROGRAM, ...args], { cwd, env });
  }
}

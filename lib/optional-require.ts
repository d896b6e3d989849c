import { createRequire } from 'node:module';

import { AuditError } from './errors';

const load = createRequire(__filename);

/** A package that only some users need. Throws AUDIT_DRIVER_MISSING with the command that installs it. */
export function optionalRequire<T>(name: string, neededFor: string): T {
  try {
    return load(name) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error;
    throw new AuditError(
      'AUDIT_DRIVER_MISSING',
      `${neededFor} needs the package ${name}: npm install ${name}`,
      { cause: error },
    );
  }
}

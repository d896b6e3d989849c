import { createInterface } from 'node:readline/promises';

import type { Command } from 'commander';

import { runWithAuditContext } from '../lib/context/scope';
import { AuditError } from '../lib/errors';
import { suggestion } from '../lib/known-names';
import { REVERT } from '../lib/storage/audit-model';
import type { Audit } from '../lib/storage/audit-model';
import type { RevertOptions } from '../lib/storage/reading/revert-options';
import { trailOf } from '../lib/trail/registry';
import { colorsFor } from './output';
import { block } from './reading/block';
import { parseUser } from './reading/filters';
import type { FilterOptions } from './reading/filters';
import type { Session } from './session';

/** Options of commands that write to the application's tables. */
export interface PutBackOptions extends Pick<FilterOptions, 'user'> {
  reason: string;
  yes?: true;
  force?: true;
}

/** A model of the application's that is audited. */
interface AuditedModel {
  undelete(key: string, options: RevertOptions): Promise<unknown>;
}

/** Adds the options that all such commands have. */
export function addPutBackOptions(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; it stands in the record that this makes')
    .option('--user <[type:]id>', 'who does it, for that record; of type User if none is given', parseUser)
    .option('--yes', 'do not ask; needed where there is no terminal');
}

/** The application's model of a name. Throws AUDIT_USAGE where it is not loaded in this process. */
export function modelFor({ sequelize }: Session<object>['trail'], name: string | null): AuditedModel {
  const audited = Object.keys(sequelize.models).filter((each) => REVERT in sequelize.models[each]!);
  if (name !== null && audited.includes(name)) return sequelize.models[name] as unknown as AuditedModel;
  throw new AuditError(
    'AUDIT_USAGE',
    audited.length > 0
      ? `The application has no audited model "${name}".${suggestion(name ?? '', audited)}`
      : 'This needs your models: name a file that exports your Sequelize instance with them, as in ' +
          '"--module src/database.js".',
  );
}

/** Shows what is to be taken back, and asks. False for no; throws AUDIT_USAGE where nobody can be asked. */
export async function isConfirmed(audit: Audit, question: string, { yes }: PutBackOptions): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new AuditError('AUDIT_USAGE', 'There is no terminal to ask on: say --yes to do it.');
  process.stderr.write(`${block(audit, colorsFor(process.stderr))}\n`);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
  } finally {
    asking.close();
  }
}

/** Does the work as the user of the options, and waits until its record has left this process. */
export async function putBack<T>(
  { trail, options }: Session<PutBackOptions>,
  work: (options: RevertOptions) => Promise<T>,
): Promise<T> {
  const { reason, user, force = false } = options;
  // The application's own trail, which has captured the change.
  const capturing = trailOf(trail.sequelize);
  try {
    const done = await runWithAuditContext(user ? { user: { type: 'User', ...user } } : {}, () =>
      work({ reason, force }),
    );
    await capturing.flush();
    return done;
  } catch (error) {
    if (!(error instanceof AuditError) || error.code !== 'AUDIT_CONFLICT') throw error;
    const message = error.message.replace('{ force: true }', '--force');
    throw new AuditError(error.code, message, { cause: error });
  } finally {
    await capturing.close();
  }
}

import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import type { Reverted } from '../../lib/storage/reading/revert-options';
import type { ExitStatus } from '../failure';
import { driverOption, examples } from '../options';
import { printable, shortened } from '../output';
import { addPutBackOptions, isConfirmed, modelFor, putBack } from '../put-back';
import type { PutBackOptions } from '../put-back';
import { recordText } from '../reading/block';
import { assertReadable } from '../reading/readable';
import { withTrail } from '../session';
import type { Session } from '../session';

/** `audit revert`: takes one change back. */
export function addRevert(program: Command): void {
  addPutBackOptions(
    program
      .command('revert')
      .description('Take one change back; needs the models of your application (--module).')
      .argument('<audit-id>', 'the id of the record, as "audit log" shows it'),
  )
    .option('--force', 'also where the row has changed since')
    .addOption(driverOption())
    .addHelpText(
      'after',
      examples(
        'audit revert 01a223c0-bd8a-7cc8-9731-02a586b409ba --reason "ticket 7" --module src/database.js',
      ) +
        `\n
An update goes back to the old values, a creation is deleted, a deletion comes back. The change that this makes is
audited, with the reason. Keys of --json: audit, event (null where there was nothing to do), attributes.
The status is 1 where it was refused or answered with no.`,
    )
    .action((id: string, _options: PutBackOptions, command: Command) =>
      withTrail<PutBackOptions>((session) => revert(session, id))(command),
    );
}

async function revert(session: Session<PutBackOptions>, id: string): Promise<ExitStatus> {
  const { trail, options, output } = session;
  assertReadable(trail.database);
  const audit = await trail.history.find(id.toLowerCase());
  if (!audit) {
    const message = `The trail has no record "${shortened(id, 100)}". "audit log" shows the ids.`;
    throw new AuditError('AUDIT_NOT_FOUND', message);
  }
  modelFor(trail, audit.auditableType);
  if (!(await isConfirmed(audit, 'Take this back?', options))) {
    output.note('Nothing was done.');
    return 1;
  }
  const reverted = await putBack(session, (how) => audit.revert(how));
  output.result({ audit: audit.id, ...reverted }, () =>
    whatWasDone(recordText(audit.auditableType, audit.auditableId), reverted),
  );
  return 0;
}

function whatWasDone(record: string, { event, attributes }: Reverted): string {
  if (event === null) return `${record} was like that already; nothing was done.`;
  const what = attributes.length > 0 ? `: ${attributes.map(printable).join(', ')}` : '';
  return `${record} was ${event}${what}.`;
}

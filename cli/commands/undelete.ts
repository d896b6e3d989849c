import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import type { ExitStatus } from '../failure';
import { driverOption, examples } from '../options';
import { addPutBackOptions, isConfirmed, modelFor, putBack } from '../put-back';
import type { PutBackOptions } from '../put-back';
import { recordText } from '../reading/block';
import { explainNothing } from '../reading/nothing-found';
import { assertReadable } from '../reading/readable';
import { withTrail } from '../session';
import type { Session } from '../session';

/** `audit undelete`: brings a deleted record back. */
export function addUndelete(program: Command): void {
  addPutBackOptions(
    program
      .command('undelete')
      .description('Bring a deleted record back; needs the models of your application (--module).')
      .argument('<model>', 'the name of a model')
      .argument('<id>', 'the key of a record'),
  )
    .addOption(driverOption())
    .addHelpText(
      'after',
      examples('audit undelete Product 17 --reason "ticket 7" --module src/database.js') +
        '\n\nThe change that this makes is audited, with the reason. Keys of --json: model, id.' +
        '\nThe status is 1 where it was refused or answered with no.',
    )
    .action((model: string, id: string, _options: PutBackOptions, command: Command) =>
      withTrail<PutBackOptions>((session) => undelete(session, model, id))(command),
    );
}

async function undelete(session: Session<PutBackOptions>, model: string, id: string): Promise<ExitStatus> {
  const { trail, options, output } = session;
  assertReadable(trail.database);
  const application = modelFor(trail, model);
  const { audits } = await trail.history.search({ model, id, event: 'deleted', limit: 1 });
  const [deletion] = audits;
  if (!deletion) {
    await explainNothing(trail, { model, id });
    throw new AuditError('AUDIT_NOT_FOUND', `The trail has no deletion of ${recordText(model, id)}.`);
  }
  if (!(await isConfirmed(deletion, 'Bring it back as it was then?', options))) {
    output.note('Nothing was done.');
    return 1;
  }
  await putBack(session, (how) => application.undelete(id, how));
  output.result({ model, id }, () => `${recordText(model, id)} is back.`);
  return 0;
}

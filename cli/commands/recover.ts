import { Option } from 'commander';
import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import { BatchWriter } from '../../lib/storage/batch-writer';
import { Recovery } from '../../lib/worker/recovery';
import type { RecoveryReport } from '../../lib/worker/recovery';
import { failureOf } from '../failure';
import type { ExitStatus } from '../failure';
import { dirOption, driverOption, examples, redisOption } from '../options';
import { amount, records } from '../output';
import { withProgress } from '../progress';
import { withTrail } from '../session';
import { listBuried, retryBuried } from './recover-buried';
import type { Session } from '../session';
import { stopSignal } from '../signals';
import { DECISIONS, recoverUnconfirmed } from '../unconfirmed';
import type { Decision } from '../unconfirmed';

interface RecoverOptions {
  buried?: boolean;
  retry?: boolean;
  /** True where no decision is given. */
  unconfirmed?: true | 'list' | Decision;
}

/** `audit recover`: rescue files into the table, now rather than at the worker's next time; and buried records. */
export function addRecover(program: Command): void {
  program
    .command('recover')
    .description('Store the records of rescue files, which a worker wrote while the database was down.')
    .option('--buried', 'instead, list the records that the database has refused')
    .option('--retry', 'with --buried: try to store them again; what is refused stays buried')
    .addOption(dirOption())
    .addOption(driverOption())
    .addOption(redisOption())
    .addOption(
      new Option(
        '--unconfirmed [decision]',
        'records of strict models whose commit nobody can tell of',
      ).choices(['list', ...DECISIONS]),
    )
    .addHelpText(
      'after',
      examples(
        'audit recover',
        'audit recover --dir /var/lib/shop/.audit --json',
        'audit recover --buried',
        'audit recover --unconfirmed',
        'audit recover --unconfirmed accept',
      ) +
        '\n\nIts status is 0 when no rescue file, or with --retry no buried record, is left. It may be stopped at any' +
        '\nmoment, and run again.\n' +
        'With --unconfirmed it lists such records, or what is meant by "accept" or "discard" is done to all of them: an\n' +
        'accepted record is stored by a worker, with "unconfirmed": true in its context; one that was stored already stays.',
    )
    .action((options: RecoverOptions, command: Command) => {
      if (options.retry && !options.buried)
        throw new AuditError('AUDIT_USAGE', '--retry is for "audit recover --buried".');
      return withTrail(options.retry ? retryBuried : options.buried ? listBuried : recover)(command);
    });
}

async function recover(session: Session<RecoverOptions>): Promise<ExitStatus> {
  const { trail, output } = session;
  if (session.options.unconfirmed) return recoverUnconfirmed(session, session.options.unconfirmed);
  const recovery = new Recovery(trail.settings, new BatchWriter(trail.database));
  const total = await recovery.pending();
  const signal = stopSignal();
  const report = await withProgress('Recovering', total, output, (onProgress) =>
    recovery.run({ signal, onProgress }).catch((error: unknown) => {
      throw failureOf(error, trail.database, 'The rescue files remain.');
    }),
  );
  const left = await recovery.pending();
  output.result({ ...report, left }, () => summary(report, left));
  return left === 0 ? 0 : 1;
}

function summary({ recovered, duplicates, buried }: RecoveryReport, left: number): string {
  if (recovered + duplicates + buried + left === 0) return 'There is nothing to recover.';
  return [
    `Stored ${records(recovered)}; ${amount(duplicates)} were there already, ${amount(buried)} were buried.`,
    ...(left > 0 ? [`${records(left)} remain: a worker is at them, or this was stopped. Run it again.`] : []),
  ].join('\n');
}

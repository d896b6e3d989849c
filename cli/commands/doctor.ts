import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import { readStatus } from '../../lib/status/trail-status';
import { parseMoment } from '../dates';
import { worstOf } from '../doctor/check';
import type { Check } from '../doctor/check';
import { check } from '../doctor/checks';
import { reconcile } from '../doctor/reconcile';
import type { Reconciled, ReconcileFlags } from '../doctor/reconcile';
import { summary } from '../doctor/reconcile-summary';
import type { ExitStatus } from '../failure';
import { dirOption, driverOption, examples, parseAmount, redisOption } from '../options';
import { withTrail } from '../session';
import type { Session } from '../session';

interface DoctorOptions extends ReconcileFlags {
  reconcile?: boolean;
}

/** `audit doctor`: looks for what is wrong, and says what to do. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Look for what is wrong with the trail, and say what to do about it.')
    .option('--reconcile', 'compare the rows of audited models with the trail; needs --module')
    .option('--model <name...>', 'with --reconcile: only these models')
    .option('--since <date>', 'with --reconcile: rows created later must have a record', parseMoment)
    .option('--limit <n>', 'with --reconcile: differences that are listed', parseAmount, 20)
    .addOption(driverOption())
    .addOption(dirOption())
    .addOption(redisOption())
    .addHelpText(
      'after',
      examples(
        'audit doctor',
        'audit doctor --reconcile --module src/database.js',
        'audit doctor --reconcile --model Order --since 2026-01-01 --json',
      ) +
        `\n
Keys of --json: verdict (ok, warn, fail), checks [{name, verdict, detail, remedy}], reconcile (null without
--reconcile) {waiting, models [{model, rows, matching, notInTrail, different, gone, reordered, unknown,
unchecked, hasSummaries}], differences [{model, key, kind, attribute, row, trail, record}]}.
Nothing is changed. The status is 1 when a check fails or something differs; a warning leaves it at 0.`,
    )
    .action((options: DoctorOptions, command: Command) => {
      if (!options.reconcile && (options.model || options.since))
        throw new AuditError('AUDIT_USAGE', '--model and --since are for "audit doctor --reconcile".');
      return withTrail<DoctorOptions>(doctor)(command);
    });
}

async function doctor(session: Session<DoctorOptions>): Promise<ExitStatus> {
  const { trail, options, output } = session;
  const status = await readStatus(trail);
  const checks = await check(trail, status);
  const canCompare = checks.every(({ name, verdict }) => verdict !== 'fail' || !NEEDED.includes(name));
  const reconciled = options.reconcile && canCompare ? await reconcile(session, status) : null;
  if (options.reconcile && !reconciled) {
    const remedy = 'Mend what stands above first.';
    checks.push({ name: 'reconcile', verdict: 'fail', detail: 'the trail cannot be read', remedy });
  } else if (reconciled) {
    checks.push(reconciled.check);
  }
  const verdict = worstOf(checks);
  output.result({ verdict, checks, reconcile: reconciled && reportOf(reconciled) }, () =>
    [
      output.table(checks.map((each) => rowOf(each, output.colors))),
      ...(reconciled ? [summary(reconciled, output)] : []),
    ].join('\n'),
  );
  return verdict === 'fail' ? 1 : 0;
}

const NEEDED: readonly string[] = ['database', 'migrations'];

function reportOf({ waiting, models, differences }: Reconciled): Omit<Reconciled, 'check'> {
  return { waiting, models, differences };
}

function rowOf(
  { name, verdict, detail, remedy }: Check,
  colors: Session<object>['output']['colors'],
): string[] {
  const colour = { ok: colors.green, warn: colors.yellow, fail: colors.red }[verdict];
  return [name, colour(verdict), remedy === null ? detail : `${detail}\n${remedy}`];
}

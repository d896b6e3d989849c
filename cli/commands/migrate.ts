import { createInterface } from 'node:readline/promises';

import { Argument } from 'commander';
import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import { Migrator } from '../../lib/storage/migrator';
import type { ExitStatus } from '../failure';
import { driverOption, examples } from '../options';
import { withTrail } from '../session';
import type { Session } from '../session';

type Direction = 'up' | 'down' | 'status';
interface MigrateOptions {
  all?: boolean;
  yes?: boolean;
}

/** `audit migrate`: makes the tables, takes them back, or tells which are there. */
export function addMigrate(program: Command): void {
  program
    .command('migrate')
    .description('Make or update the audit tables. Two at once do no harm.')
    .addArgument(
      new Argument('[direction]', 'down takes the latest step back, with what its tables hold')
        .choices(['up', 'down', 'status'])
        .default('up'),
    )
    .option('--all', 'down: take back all migrations, not only the latest')
    .option('--yes', 'down: do not ask')
    .addOption(driverOption())
    .addHelpText('after', examples('audit migrate', 'audit migrate status', 'audit migrate down --all --yes'))
    .action((direction: Direction, options: MigrateOptions, command: Command) => {
      if (direction !== 'down' && (options.all || options.yes))
        throw new AuditError('AUDIT_USAGE', '--all and --yes are for "audit migrate down".');
      return withTrail<MigrateOptions>(HANDLERS[direction])(command);
    });
}

const HANDLERS = { up, down, status };

async function up({ trail, output }: Session<MigrateOptions>): Promise<void> {
  const migrated = await trail.migrate();
  const where = trail.database.describe();
  output.result({ migrated }, () =>
    migrated.length > 0
      ? `Migrated ${where}: ${migrated.join(', ')}.`
      : `Nothing to migrate in ${where}: it is up to date.`,
  );
}

async function down({ trail, options, output }: Session<MigrateOptions>): Promise<ExitStatus> {
  const migrator = new Migrator(trail.database);
  const where = trail.database.describe();
  const { executed } = await migrator.status();
  const doomed = options.all ? [...executed].reverse() : executed.slice(-1);
  if (doomed.length > 0 && !options.yes) {
    const what = `This takes back ${doomed.join(', ')} in ${where}, with all that their tables hold.`;
    if (output.json || !process.stdin.isTTY || !process.stderr.isTTY)
      throw new AuditError('AUDIT_USAGE', `${what} Confirm with --yes.`);
    if (!(await confirmed(what))) {
      output.note('Nothing was changed.');
      return 1;
    }
  }
  const reverted = await migrator.down({ all: options.all === true });
  output.result({ reverted }, () =>
    reverted.length > 0
      ? `Took back in ${where}: ${reverted.join(', ')}.`
      : `Nothing to take back in ${where}.`,
  );
  return 0;
}

async function status({ trail, output }: Session<MigrateOptions>): Promise<void> {
  const { executed, pending } = await new Migrator(trail.database).status();
  const { green, yellow } = output.colors;
  output.result({ executed, pending }, () =>
    output.table(
      [
        ...executed.map((name) => [name, green('executed')]),
        ...pending.map((name) => [name, yellow('pending')]),
      ],
      ['Migration', 'State'],
    ),
  );
}

async function confirmed(what: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${what} Go on? [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

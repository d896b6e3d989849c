import { Command, Option } from 'commander';

import { LOG_LEVELS } from '../lib/logger';
import { packageVersion } from '../lib/version';
import { addDoctor } from './commands/doctor';
import { addExport } from './commands/export';
import { addInit } from './commands/init';
import { addLog } from './commands/log';
import { addMigrate } from './commands/migrate';
import { addPrune } from './commands/prune';
import { addRecover } from './commands/recover';
import { addRevert } from './commands/revert';
import { addStatus } from './commands/status';
import { addTail } from './commands/tail';
import { addUndelete } from './commands/undelete';
import { addUi } from './commands/ui';
import { addWork } from './commands/work';
import { examples } from './options';
import { colorsFor } from './output';

/** The `audit` command with all its subcommands. Wrong usage is thrown, as a CommanderError. */
export function createProgram(): Command {
  const program = new Command('audit')
    .description('Stores and looks after the audit trail of a Sequelize application.')
    .version(packageVersion())
    .option('--module <file>', 'a file that exports your Sequelize instance, or a function giving one')
    .option('--url <url>', 'the URL of the database')
    .option('--env <name>', 'the environment in config files, instead of NODE_ENV')
    .option('--json', 'print one JSON document on stdout, and nothing else')
    .addOption(new Option('--log-level <level>', 'how much to log on stderr').choices(LOG_LEVELS))
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => colorsFor(process.stdout).bold(title) })
    // The one who catches what is thrown reports it.
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
    .addHelpText(
      'after',
      `\nThe database is the first found of: --module, --url, audit.config.{js,cjs,mjs,json}, .sequelizerc,
config/config.{js,cjs,json}, DATABASE_URL, AUDIT_DATABASE_URL. AUDIT_* variables hold for all settings.
Exit status: 0 done, 1 failed, 2 wrong usage.\n` +
        examples('audit init', 'audit migrate', 'audit work', 'audit log Product 17', 'audit status --json'),
    );
  for (const add of [
    addInit,
    addMigrate,
    addWork,
    addRecover,
    addPrune,
    addStatus,
    addDoctor,
    addLog,
    addTail,
    addExport,
    addRevert,
    addUndelete,
    addUi,
  ])
    add(program);
  return program;
}

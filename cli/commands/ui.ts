import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';

import { auditViewer } from '../../lib/integrations/viewer';
import { Migrator } from '../../lib/storage/migrator';
import type { ExitStatus } from '../failure';
import { dirOption, driverOption, examples, redisOption } from '../options';
import { assertReadable } from '../reading/readable';
import { withTrail } from '../session';
import type { Session } from '../session';
import { stopSignal, whenAborted } from '../signals';
import { openBrowser } from '../ui/open-browser';
import { serve } from '../ui/serve';

interface UiOptions {
  port: number;
  open: boolean;
  allowRevert?: boolean;
}

/** `audit ui`: the viewer in a browser of this computer. */
export function addUi(program: Command): void {
  program
    .command('ui')
    .description('Look at the trail in a browser, until Ctrl+C.')
    .option(
      '--port <number>',
      'where to listen, at 127.0.0.1 only; default any port that is free',
      parsePort,
      0,
    )
    .option('--no-open', 'do not open a browser')
    .option('--allow-revert', 'let changes be taken back; needs --module, with the models')
    .addOption(driverOption())
    .addOption(dirOption())
    .addOption(redisOption())
    .addHelpText(
      'after',
      examples(
        'audit ui',
        'audit ui --url postgres://localhost/shop --port 8080 --no-open',
        'audit ui --module src/database.js --allow-revert',
      ) +
        `\n
The link that is printed lets one browser in, once. With --json it is printed as { "url": … }, and no browser opens.
For others than yourself, mount the viewer in your application: docs/viewer.md.`,
    )
    .action(withTrail<UiOptions>(ui));
}

async function ui({ trail, options, output }: Session<UiOptions>): Promise<ExitStatus> {
  const stop = stopSignal();
  assertReadable(trail.database);
  await new Migrator(trail.database).assertMigrated();
  const { allowRevert = false } = options;
  const viewer = auditViewer({ trail, allowRevert, authorize: () => true });
  const { url, close } = await serve(viewer, options.port);
  output.result({ url }, () => `The audit trail is at\n\n  ${url}\n\nThe link works once. Ctrl+C ends it.`);
  if (options.open && output.showsProgress) openBrowser(url);
  await whenAborted(stop);
  await close();
  return 0;
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('It must be a port, from 0 to 65535.');
  return port;
}

import type { Command } from 'commander';

import { AuditError } from '../../lib/errors';
import { parseMoment } from '../dates';
import type { ExitStatus } from '../failure';
import { driverOption, examples, parseCount } from '../options';
import type { GlobalOptions } from '../options';
import { block, line } from '../reading/block';
import { addFilters, filterOf } from '../reading/filters';
import type { FilterOptions, Named } from '../reading/filters';
import { showPast } from '../reading/past';
import { assertReadable } from '../reading/readable';
import { showTimeline, writeTimeline } from '../reading/timeline';
import { withTrail } from '../session';
import type { Session } from '../session';

interface LogOptions extends FilterOptions, GlobalOptions {
  reverse?: true;
  limit?: number;
  after?: string;
  oneline?: true;
  at?: Date;
}

/** `audit log`: what happened, as `git log` tells it. */
export function addLog(program: Command): void {
  addFilters(
    program
      .command('log')
      .description('Show what happened: to a record, to a model, by a user, in a time.')
      .argument('[model]', 'the name of a model')
      .argument('[id]', 'the key of a record, as the column auditable_id has it'),
  )
    .option('--reverse', 'oldest first')
    .option('-n, --limit <n>', 'so many records; default all', parseCount)
    .option('--after <cursor>', 'goes on behind "next" of an earlier --json')
    .option('--oneline', 'one line a record')
    .option('--at <date>', 'instead, what the record was like then; needs <model> and <id>', parseMoment)
    .addOption(driverOption())
    .addHelpText(
      'after',
      examples(
        'audit log Product 17',
        'audit log --user User:42 --since "3 days ago"',
        'audit log Product --event deleted --oneline',
        'audit log Product 17 --at 2026-01-31',
        'audit log --request 8f3c --json',
      ) +
        `\n
On a terminal it is shown by AUDIT_PAGER, PAGER or "less -FRX" ("cat" for none), and is written as it is read.
Keys of --json: audits [{id, event, auditableType, auditableId, parentType, parentId, userType, userId, url,
ipAddress, userAgent, requestId, transactionId, tags, context, oldValues, newValues, createdAt, schemaVersion,
diff [{path, kind, before, after}]}], next (for --after; null at the end), error {code, message} where reading
failed on the way. With --at: model, id, at, exists, isComplete, values, audit (the id of the last record until then).
The status is 2 for a model or record that the trail does not know, and 0 where a search finds nothing.`,
    )
    .action((model: string | undefined, id: string | undefined, _options: LogOptions, command: Command) =>
      withTrail<LogOptions>((session) => log(session, { model, id }))(command),
    );
}

async function log(session: Session<LogOptions>, named: Named): Promise<ExitStatus> {
  const { trail, options, output } = session;
  const filter = filterOf(named, options);
  assertReadable(trail.database);
  if (options.at) {
    await showPast(session, pastOf(named, options), options.at);
    return 0;
  }
  const order = options.reverse ? 'oldest' : 'newest';
  const page =
    options.after === undefined ? ({ order } as const) : ({ order, after: options.after } as const);
  const listing = { filter, page, most: options.limit };
  return output.json
    ? writeTimeline(session, listing)
    : showTimeline(session, listing, options.oneline ? line : block);
}

const NOT_FOR_STATES = [
  'user', 'event', 'since', 'until', 'request', 'transaction', 'tag', 'attribute', 'withChildren',
  'reverse', 'limit', 'after', 'oneline',
] as const; // prettier-ignore

function pastOf({ model, id }: Named, options: LogOptions): { model: string; id: string } {
  if (model === undefined || id === undefined)
    throw new AuditError('AUDIT_USAGE', '--at needs a record: audit log <model> <id> --at <date>.');
  const other = NOT_FOR_STATES.find((name) => options[name] !== undefined);
  if (other === undefined) return { model, id };
  const flag = other.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new AuditError('AUDIT_USAGE', `--at shows one state, so that --${flag} means nothing beside it.`);
}

import { setTimeout as delay } from 'node:timers/promises';

import type { Command } from 'commander';

import { AuditError, messageOf } from '../../lib/errors';
import { nearest } from '../../lib/known-names';
import { withoutPasswords } from '../../lib/server-urls';
import type { AuditTrail } from '../../lib/trail/trail';
import { explain } from '../failure';
import type { ExitStatus } from '../failure';
import { driverOption, examples } from '../options';
import { jsonText, printable } from '../output';
import { block, line } from '../reading/block';
import { addFilters, filterOf } from '../reading/filters';
import type { FilterOptions, Named } from '../reading/filters';
import { Follower } from '../reading/follow';
import type { News } from '../reading/follow';
import { rowWithDiff } from '../reading/json';
import { assertReadable } from '../reading/readable';
import { StreamSink } from '../reading/sink';
import { withTrail } from '../session';
import type { Session } from '../session';
import { stopSignal, whenAborted } from '../signals';

const EVERY_MS = 1_000;

interface TailOptions extends FilterOptions {
  oneline?: true;
}

/** `audit tail`: what happens, as it is stored. */
export function addTail(program: Command): void {
  addFilters(
    program
      .command('tail')
      .description('Show records as they are stored, until Ctrl+C.')
      .argument('[model]', 'the name of a model')
      .argument('[id]', 'the key of a record'),
  )
    .option('--oneline', 'one line a record')
    .addOption(driverOption())
    .addHelpText(
      'after',
      examples('audit tail', 'audit tail Product --oneline', 'audit tail --since 10m --user User:42 --json') +
        `\n
It begins with what is stored from now on, or with --since with what has been since then. A record that is stored
later than others that were captured more than a minute after it is not shown; "audit log" shows all.
A database that is away for a while is waited for. With --json there is one document a line, with the keys of
"audit log --json": a stream has no end at which one document could be closed.`,
    )
    .action((model: string | undefined, id: string | undefined, _options: TailOptions, command: Command) =>
      withTrail<TailOptions>((session) => tail(session, { model, id }))(command),
    );
}

async function tail(session: Session<TailOptions>, named: Named): Promise<ExitStatus> {
  const { trail, options, output } = session;
  if (options.until) throw new AuditError('AUDIT_USAGE', '--until is for "audit log": a tail has no end.');
  const filter = filterOf(named, options);
  assertReadable(trail.database);
  const stop = stopSignal();
  await hintAtModel(trail, named);
  if (!output.json && process.stderr.isTTY)
    process.stderr.write('Waiting for records to be stored; Ctrl+C ends.\n\n');
  const following = follow(session, new Follower(trail, filter), stop);
  // A database that does not answer does not keep it either.
  await Promise.race([following, whenAborted(stop)]);
  return 0;
}

async function follow(session: Session<TailOptions>, follower: Follower, stop: AbortSignal): Promise<void> {
  const { trail } = session;
  const sink = new StreamSink(process.stdout);
  let looks = 0;
  let isAway = false;
  while (!stop.aborted) {
    try {
      for await (const news of looks === 0 ? follower.begin() : follower.look()) {
        for (const text of textsOf(news, session)) if (!(await sink.write(text))) return;
      }
      looks++;
      if (isAway) process.stderr.write('audit: The database is back.\n');
      isAway = false;
    } catch (thrown) {
      const error = explain(thrown, trail.database);
      if (looks === 0 || !(error instanceof AuditError) || error.code !== 'AUDIT_DATABASE') throw error;
      if (!isAway) process.stderr.write(`audit: ${withoutPasswords(messageOf(error))} Waiting for it.\n`);
      isAway = true;
    }
    await delay(EVERY_MS, undefined, { signal: stop }).catch(() => undefined);
  }
}

function* textsOf({ audits, times }: News, { options, output }: Session<TailOptions>): Generator<string> {
  for (const audit of audits) {
    if (output.json) yield `${jsonText(rowWithDiff(audit, times.get(audit.id)!))}\n`;
    else yield `${(options.oneline ? line : block)(audit, output.colors)}\n`;
  }
}

/** Its first record may be yet to come, so that an unknown name is no error. */
async function hintAtModel({ history }: AuditTrail, { model }: Named): Promise<void> {
  if (model === undefined) return;
  const models = await history.models();
  if (models.includes(model)) return;
  const meant = nearest(model, models);
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  process.stderr.write(printable(`audit: The trail has nothing of a model "${model}" yet.${hint}`) + '\n');
}

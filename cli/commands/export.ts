import path from 'node:path';

import { Option } from 'commander';
import type { Command } from 'commander';

import { AuditError, messageOf } from '../../lib/errors';
import { timeOfId } from '../../lib/record/id-time';
import type { Audit } from '../../lib/storage/audit-model';
import { exactTimesOf } from '../../lib/storage/reading/exact-times';
import type { AuditFilter } from '../../lib/storage/reading/audit-query';
import type { AuditTrail } from '../../lib/trail/trail';
import { explain } from '../failure';
import type { ExitStatus } from '../failure';
import { driverOption, examples } from '../options';
import { records } from '../output';
import { withShare } from '../progress';
import { addFilters, filterOf } from '../reading/filters';
import type { FilterOptions, Named } from '../reading/filters';
import { FORMATS, formatterOf } from '../reading/formats';
import type { Format, Formatter } from '../reading/formats';
import { rowOf } from '../reading/json';
import { explainNothing } from '../reading/nothing-found';
import { pagesOf } from '../reading/pages';
import { assertReadable } from '../reading/readable';
import { fileTarget, stdoutTarget } from '../reading/target';
import type { Target } from '../reading/target';
import { withTrail } from '../session';
import type { Session } from '../session';
import { stopSignal } from '../signals';

interface ExportOptions extends FilterOptions {
  format?: Format;
  output?: string;
}

/** `audit export`: records for other programs. */
export function addExport(program: Command): void {
  addFilters(
    program
      .command('export')
      .description('Write records as CSV or as one JSON document a line, oldest first.')
      .argument('[model]', 'the name of a model')
      .argument('[id]', 'the key of a record'),
  )
    .addOption(
      new Option('--format <name>', 'default what the name of the file says, else ndjson').choices(FORMATS),
    )
    .option('-o, --output <file>', 'a file, which is there when it is complete; default stdout')
    .addOption(driverOption())
    .addHelpText(
      'after',
      examples(
        'audit export --format csv > audits.csv',
        'audit export --since 2026-01-01 --until 2026-02-01 --output january.csv',
        'audit export Order --format ndjson | gzip > orders.ndjson.gz',
      ) +
        `\n
Columns, and keys of a line: id, event, auditableType, auditableId, parentType, parentId, userType, userId, url,
ipAddress, userAgent, requestId, transactionId, tags, context, oldValues, newValues, createdAt (UTC, with
microseconds), schemaVersion. In CSV, JSON columns hold JSON, null is empty, and a cell that a spreadsheet would take
for a formula begins with an apostrophe. A file is for its owner alone. With --json and --output: {file, format, records}.
The status is 1 where it ended too early.`,
    )
    .action((model: string | undefined, id: string | undefined, _options: ExportOptions, command: Command) =>
      withTrail<ExportOptions>((session) => exportRecords(session, { model, id }))(command),
    );
}

async function exportRecords(session: Session<ExportOptions>, named: Named): Promise<ExitStatus> {
  const { trail, options, output } = session;
  const { output: file } = options;
  if (output.json && file === undefined)
    throw new AuditError('AUDIT_USAGE', '--json goes with --output; for lines of JSON use --format ndjson.');
  const filter = filterOf(named, options);
  assertReadable(trail.database);
  const format =
    options.format ?? FORMATS.find((name) => path.extname(file ?? '') === `.${name}`) ?? 'ndjson';
  const target = file === undefined ? stdoutTarget() : await fileTarget(file);
  const formatter = formatterOf(format, file === undefined && process.stdout.isTTY);
  let written = 0;
  try {
    const isRead = await copy(session, filter, formatter, target, (count) => (written += count));
    if (!isRead) return 0;
    if (written === 0) process.stderr.write(`${await explainNothing(trail, filter)}\n`);
    await target.complete();
  } catch (error) {
    throw incomplete(explain(error, trail.database), await target.abandon(records(written)));
  }
  if (file !== undefined)
    output.result({ file, format, records: written }, () => `Wrote ${records(written)} to ${file}.`);
  return 0;
}

/** False if nobody reads any more. */
async function copy(
  { trail, output }: Session<object>,
  filter: AuditFilter,
  { head, page: textOf }: Formatter,
  target: Target,
  onWritten: (count: number) => number,
): Promise<boolean> {
  const stop = stopSignal();
  if (head !== '' && !(await target.write(head))) return false;
  return withShare('Exporting', output, async (update) => {
    let share: ((audit: Audit) => number) | undefined;
    for await (const { audits } of pagesOf(trail.history, { ...filter, order: 'oldest' })) {
      if (stop.aborted) throw new Error('The export was stopped.');
      if (audits.length === 0) continue;
      share ??= await shareOf(trail, filter, audits[0]!);
      const times = await exactTimesOf(trail.database, audits);
      const rows = audits.map((audit) => rowOf(audit, times.get(audit.id)!));
      if (!(await target.write(textOf(rows)))) return false;
      update(share(audits.at(-1)!), onWritten(audits.length));
    }
    return true;
  });
}

/** How far an export is when it has come to a record, by time: counting all would take as long as reading them. */
async function shareOf(
  { Audit }: AuditTrail,
  { until }: AuditFilter,
  first: Audit,
): Promise<(last: Audit) => number> {
  const newest = await Audit.findOne({ attributes: ['id'], order: [['id', 'DESC']], raw: true });
  const begin = timeOfId(first.id) ?? 0;
  const end = Math.min(
    (newest && timeOfId(newest.id)) ?? Infinity,
    until === undefined ? Infinity : Number(until),
  );
  return ({ id }) => ((timeOfId(id) ?? end) - begin) / Math.max(end - begin, 1);
}

/** The error, and what became of what was written. */
function incomplete(error: unknown, note: string): Error {
  const message = `${messageOf(error)} ${note}`;
  const options = { cause: error };
  return error instanceof AuditError
    ? new AuditError(error.code, message, options)
    : new Error(message, options);
}

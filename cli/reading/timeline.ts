import { AuditError, messageOf } from '../../lib/errors';
import { withoutPasswords } from '../../lib/server-urls';
import { exactTimesOf } from '../../lib/storage/reading/exact-times';
import type { AuditFilter, AuditQuery } from '../../lib/storage/reading/audit-query';
import { explain, reportFailure } from '../failure';
import type { ExitStatus } from '../failure';
import type { GlobalOptions } from '../options';
import { Output } from '../output';
import type { Session } from '../session';
import type { Show } from './block';
import { rowWithDiff } from './json';
import { JsonList } from './json-list';
import { explainNothing } from './nothing-found';
import { openReader } from './pager';
import { pagesOf } from './pages';
import { StreamSink } from './sink';
import type { Sink } from './sink';

/** What is to be listed, and how much of it. */
export interface Listing {
  readonly filter: AuditFilter;
  readonly page: Pick<AuditQuery, 'order' | 'after'>;
  readonly most: number | undefined;
}

/** Writes records for a person, page by page, for as long as they read. */
export async function showTimeline(
  { trail, output }: Session<object>,
  { filter, page, most }: Listing,
  show: Show,
): Promise<ExitStatus> {
  // The pager comes when there is something to show: what is wrong is said without one.
  let reader: Sink | undefined;
  try {
    for await (const { audits } of pagesOf(trail.history, { ...filter, ...page }, most)) {
      for (const audit of audits) {
        reader ??= await openReader();
        if (!(await reader.write(`${show(audit, output.colors)}\n`))) return 0;
      }
    }
  } finally {
    await reader?.end();
  }
  if (!reader) process.stderr.write(`${await explainNothing(trail, filter)}\n`);
  return 0;
}

/** Writes the same as one JSON document, which holds an `error` as well where reading failed on the way. */
export async function writeTimeline(
  { trail, options }: Session<GlobalOptions>,
  { filter, page: from, most }: Listing,
): Promise<ExitStatus> {
  const document = new JsonList(new StreamSink(process.stdout), 'audits');
  let next: string | null = null;
  try {
    for await (const page of pagesOf(trail.history, { ...filter, ...from }, most)) {
      const times = await exactTimesOf(trail.database, page.audits);
      for (const audit of page.audits) {
        if (!(await document.add(rowWithDiff(audit, times.get(audit.id)!)))) return 0;
      }
      next = page.next;
    }
    if (document.isEmpty) process.stderr.write(`${await explainNothing(trail, filter)}\n`);
  } catch (thrown) {
    if (document.isEmpty) throw thrown;
    const error = explain(thrown, trail.database);
    const code = error instanceof AuditError ? error.code : null;
    await document.end({ next, error: { code, message: withoutPasswords(messageOf(error)) } });
    return reportFailure(error, Output.of({ logLevel: options.logLevel }));
  }
  await document.end({ next });
  return 0;
}

import type { Audit } from '../../lib/storage/audit-model';
import type { AuditQuery } from '../../lib/storage/reading/audit-query';
import type { AuditPage, History } from '../../lib/storage/reading/history';

/** The first page is small, so that a person sees something soon. */
const FIRST_PAGE = 50;
const LARGEST_PAGE = 1000;
/** About so much of a page may lie in memory, in characters: one record can hold four million. */
const PAGE_WEIGHT = 4_000_000;

/** The pages of a query, with at most so many records in all; each page as large as memory should hold. */
export async function* pagesOf(
  history: History,
  query: Omit<AuditQuery, 'limit'>,
  most = Infinity,
): AsyncGenerator<AuditPage, void, undefined> {
  let size = FIRST_PAGE;
  let left = most;
  for (let { after } = query; left > 0;) {
    const page = await history.search({
      ...query,
      limit: Math.min(size, left),
      ...(after === undefined ? {} : { after }),
    });
    yield page;
    if (page.next === null) return;
    left -= page.audits.length;
    after = page.next;
    size = nextSize(size, page.audits);
  }
}

function nextSize(size: number, audits: readonly Audit[]): number {
  if (audits.length === 0) return size;
  const weight = audits.reduce((sum, audit) => sum + weightOf(audit), 0) / audits.length;
  const fitting = Math.floor(PAGE_WEIGHT / Math.max(weight, 1));
  return Math.max(1, Math.min(LARGEST_PAGE, size * 4, fitting));
}

/** Roughly: what is large are texts and buffers, and they are attributes. */
function weightOf(audit: Audit): number {
  return (['oldValues', 'newValues', 'context'] as const)
    .map((name) => weigh(audit.getDataValue(name)))
    .reduce((sum, weight) => sum + weight, 0);
}

function weigh(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > 2) return 8;
  return Object.values(value).reduce((sum: number, each) => sum + weigh(each, depth + 1), 16);
}

import type { ViewerCall } from './call';
import { Refusal } from './refusal';

/**
 * That a POST comes from a page of the viewer, and not from another that the reader's browser shows as well: no page
 * can send the header, or this type of content, to another origin without asking first, and nobody here answers such a
 * question. What browsers tell of the page by themselves must agree.
 */
export function assertOwnPage(call: ViewerCall): void {
  const site = call.header('sec-fetch-site');
  const isForeign = site === undefined ? !isOwnOrigin(call) : site !== 'same-origin';
  if (isForeign || call.header('x-audit-viewer') !== '1') {
    throw new Refusal(403, 'FOREIGN_PAGE', 'Changes are taken back from the pages of the viewer only.');
  }
  if (!/^application\/json\s*(;|$)/i.test(call.header('content-type') ?? '')) {
    throw new Refusal(
      415,
      'BODY',
      'The body must be JSON, with the header "Content-Type: application/json".',
    );
  }
}

/** Programs send no origin. */
function isOwnOrigin(call: ViewerCall): boolean {
  const origin = call.header('origin');
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === call.header('host')?.toLowerCase();
}

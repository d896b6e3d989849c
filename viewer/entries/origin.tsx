import { Link } from 'wouter-preact';

import { encoded } from '../address/encode';
import { idPath, transactionPath } from '../address/page';
import type { AuditJson } from '../api/types';
import { Text } from '../parts/text';
import { plainText } from '../values/plain';
import { attributesOf } from '../values/entries';
import { tagsOf } from '../values/tags';

/** Where a change came from: reason, tags, and what else happened with it. */
export function Origin({ audit, together = true }: { audit: AuditJson; together?: boolean }) {
  const reason = attributesOf(audit.context).get('reason');
  const { requestId, transactionId } = audit;
  const tags = tagsOf(audit.tags);
  if (!reason && tags.length === 0 && !(together && (requestId || transactionId))) return null;
  return (
    <p class="origin">
      {typeof reason === 'string' && (
        <span class="reason">
          “<Text value={plainText(reason)} />”
        </span>
      )}
      {tags.map((tag) => (
        <Link key={tag} href={`/?tag=${encoded(tag)}`} className="tag">
          <Text value={tag} />
        </Link>
      ))}
      {together && requestId && <Link href={idPath('request', requestId)}>same request</Link>}
      {together && transactionId && (
        <Link href={transactionPath(transactionId, audit.createdAt)}>same transaction</Link>
      )}
    </p>
  );
}

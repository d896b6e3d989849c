import type { ComponentChildren } from 'preact';
import { Link } from 'wouter-preact';

import { encoded } from '../../address/encode';
import { idPath, transactionPath } from '../../address/page';
import type { AuditJson } from '../../api/types';
import { Facts } from '../../parts/facts';
import { RecordLink } from '../../parts/record-link';
import { Text } from '../../parts/text';
import { Time } from '../../parts/time';
import { Value } from '../../parts/value';
import { Who } from '../../parts/who';
import { exactUtc } from '../../time/instant';
import { attributesOf } from '../../values/entries';
import { tagsOf } from '../../values/tags';

/** Every field of an audit but the values. */
export function AuditFacts({ audit }: { audit: AuditJson }) {
  const { parentType, parentId, requestId, transactionId } = audit;
  const tags = tagsOf(audit.tags);
  return (
    <Facts
      facts={[
        ['Audit', text(audit.id, true)],
        ['Event', text(audit.event)],
        ['Record', <RecordLink model={audit.auditableType} id={audit.auditableId} />],
        [
          'Belongs to',
          parentType !== null && parentId !== null ? <RecordLink model={parentType} id={parentId} /> : null,
        ],
        ['Time', <Time iso={audit.createdAt} form="long" />],
        ['Exactly', <span class="code">{exactUtc(audit.createdAt)}</span>],
        ['User', <Who person={audit} />],
        [
          'User key',
          audit.userId === null ? null : text([audit.userType, audit.userId].filter(Boolean).join(' ')),
        ],
        [
          'Request',
          requestId === null ? null : (
            <Link href={idPath('request', requestId)}>{text(requestId, true)}</Link>
          ),
        ],
        [
          'Transaction',
          transactionId === null ? null : (
            <Link href={transactionPath(transactionId, audit.createdAt)}>{text(transactionId, true)}</Link>
          ),
        ],
        ['URL', text(audit.url)],
        ['IP address', text(audit.ipAddress)],
        ['Browser', text(audit.userAgent)],
        ['Tags', tags.length > 0 ? <Tags tags={tags} /> : null],
        ...[...attributesOf(audit.context)].map(
          ([name, value]) => [`Context: ${name}`, <Value value={value} />] as const,
        ),
      ]}
    />
  );
}

function text(value: string | null, code = false): ComponentChildren {
  if (value === null) return null;
  return (
    <span class={code ? 'code' : ''}>
      <Text value={value} />
    </span>
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <ul class="inline">
      {tags.map((tag) => (
        <li key={tag}>
          <Link href={`/?tag=${encoded(tag)}`} className="tag">
            <Text value={tag} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

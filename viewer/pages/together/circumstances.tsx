import { Link } from 'wouter-preact';

import { idPath, transactionPath } from '../../address/page';
import type { AuditJson } from '../../api/types';
import { Facts } from '../../parts/facts';
import { Text } from '../../parts/text';
import { Time } from '../../parts/time';
import { Who } from '../../parts/who';
import { millisOf } from '../../time/instant';
import { roughly } from '../../values/numbers';

interface Props {
  readonly audits: readonly AuditJson[];
  readonly kind: 'request' | 'transaction';
}

/** Who, when and from where; of the other kind those that took part. */
export function Circumstances({ audits, kind }: Props) {
  const first = audits[0];
  const last = audits.at(-1);
  if (!first || !last) return null;
  const tookSeconds = (millisOf(last.createdAt) - millisOf(first.createdAt)) / 1000;
  const other = kind === 'request' ? 'transaction' : 'request';
  const others = [...new Set(audits.map((audit) => audit[`${other}Id`]).filter((id) => id !== null))];
  return (
    <Facts
      facts={[
        ['Who', <Who person={first} />],
        ['When', <Time iso={first.createdAt} form="long" />],
        ['Took', tookSeconds > 0 ? `${roughly(tookSeconds)} s from the first to the last` : null],
        ['URL', first.url && <Text value={first.url} />],
        ['IP address', first.ipAddress && <Text value={first.ipAddress} />],
        ['Browser', first.userAgent && <Text value={first.userAgent} />],
        [
          other === 'request' ? 'Requests' : 'Transactions',
          others.length === 0 ? null : (
            <ul class="inline">
              {others.map((id) => (
                <li key={id}>
                  <Link
                    href={other === 'request' ? idPath(other, id) : transactionPath(id, first.createdAt)}
                    className="code"
                  >
                    <Text value={id} />
                  </Link>
                </li>
              ))}
            </ul>
          ),
        ],
      ]}
    />
  );
}

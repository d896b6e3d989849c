import { Link } from 'wouter-preact';

import { chipsOf } from '../../address/chips';
import type { Filters } from '../../address/filters';
import { Icon } from '../../parts/icon';
import { Text } from '../../parts/text';
import { Time } from '../../parts/time';

interface Props {
  readonly filters: Filters;
  readonly pathOf: (filters: Filters) => string;
}

/** The filters that are set, each with a link that takes it away. */
export function Chips({ filters, pathOf }: Props) {
  const chips = chipsOf(filters);
  if (chips.length === 0) return null;
  return (
    <ul class="chips" aria-label="Filters that are set">
      {chips.map(({ label, value, isTime, without }) => (
        <li key={label + value}>
          <Link href={pathOf(without)} className="chip" aria-label={`Remove filter ${label} ${value}`}>
            <span class="muted">{label}</span> {isTime ? <Time iso={value} plain /> : <Text value={value} />}
            <Icon name="cross" />
          </Link>
        </li>
      ))}
      {chips.length > 1 && (
        <li>
          <Link href="/" className="clear">
            Clear all
          </Link>
        </li>
      )}
    </ul>
  );
}

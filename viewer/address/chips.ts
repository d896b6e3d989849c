import type { Filters } from './filters';

/** One filter that is set, and the filters without it. */
export interface Chip {
  readonly label: string;
  readonly value: string;
  /** The value is a time, to be shown in the reader's zone. */
  readonly isTime: boolean;
  readonly without: Filters;
}

const LABELS = {
  model: 'Model',
  id: 'Record id',
  userType: 'User type',
  userId: 'User',
  since: 'Since',
  until: 'Before',
  attribute: 'Changed',
  tag: 'Tag',
  request: 'Request',
  transaction: 'Transaction',
} as const;

/** The filters that are set, in the order of the form. */
export function chipsOf(filters: Filters): Chip[] {
  const chips: Chip[] = [];
  for (const name of Object.keys(LABELS) as (keyof typeof LABELS)[]) {
    const value = filters[name];
    if (value === '') continue;
    const isTime = name === 'since' || name === 'until';
    chips.push({ label: LABELS[name], value, isTime, without: without(filters, name) });
  }
  for (const event of filters.events) {
    const events = filters.events.filter((other) => other !== event);
    chips.push({ label: 'Event', value: event, isTime: false, without: { ...filters, events } });
  }
  if (filters.withChildren) {
    chips.push(flag('Children', 'included', { ...filters, withChildren: false }));
  }
  if (filters.order === 'oldest') chips.push(flag('Order', 'oldest first', { ...filters, order: 'newest' }));
  return chips;
}

function flag(label: string, value: string, rest: Filters): Chip {
  return { label, value, isTime: false, without: rest };
}

/** An id means nothing without its model, a user's type nothing without the user. */
function without(filters: Filters, name: keyof typeof LABELS): Filters {
  if (name === 'model') return { ...filters, model: '', id: '', withChildren: false };
  if (name === 'userId') return { ...filters, userId: '', userType: '' };
  return { ...filters, [name]: '' };
}

import { useState } from 'preact/hooks';

import type { Filters } from '../../address/filters';
import { useMe } from '../../api/me';
import { Field } from '../../parts/field';
import { EventField } from './event-field';
import { MoreFilters } from './more-filters';
import { PeriodField } from './period-field';

interface Props {
  readonly filters: Filters;
  readonly onSearch: (filters: Filters) => void;
}

/** The filters as a form; what is entered counts when it is sent. */
export function SearchForm({ filters, onSearch }: Props) {
  const me = useMe();
  const [draft, setDraft] = useState(filters);
  const set = (change: Partial<Filters>): void => setDraft((last) => ({ ...last, ...change }));
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    onSearch(draft);
  };
  return (
    <form class="search-form" aria-label="Filters" onSubmit={onSubmit}>
      <div class="fields">
        <Field
          label="Model"
          name="model"
          value={draft.model}
          placeholder="any"
          suggestions={me?.models}
          onValue={(model) => set({ model })}
        />
        <Field
          label="Record id"
          name="id"
          value={draft.id}
          placeholder={draft.model === '' ? 'needs a model' : 'any'}
          disabled={draft.model === '' && draft.id === ''}
          onValue={(id) => set({ id })}
        />
        <Field
          label="User id"
          name="userId"
          value={draft.userId}
          placeholder="anybody"
          onValue={(userId) => set({ userId })}
        />
        <PeriodField since={draft.since} until={draft.until} onPeriod={set} />
      </div>
      <div class="form-line">
        <EventField events={draft.events} onEvents={(events) => set({ events })} />
        <button type="submit">Search</button>
      </div>
      <MoreFilters draft={draft} set={set} />
    </form>
  );
}

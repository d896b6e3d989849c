import type { Filters } from '../../address/filters';
import { Field } from '../../parts/field';

interface Props {
  readonly draft: Filters;
  readonly set: (change: Partial<Filters>) => void;
}

/** The filters that are needed now and then; they are shown where one of them is set. */
export function MoreFilters({ draft, set }: Props) {
  const { attribute, tag, request, transaction, userType, withChildren, order } = draft;
  const isUsed =
    [attribute, tag, request, transaction, userType].some(Boolean) || withChildren || order === 'oldest';
  return (
    <details class="more-filters" open={isUsed}>
      <summary>More filters</summary>
      <div class="fields">
        <Field
          label="Changed attribute"
          name="attribute"
          value={attribute}
          placeholder="e.g. price"
          onValue={(value) => set({ attribute: value })}
        />
        <Field label="Tag" name="tag" value={tag} onValue={(value) => set({ tag: value })} />
        <Field
          label="Request id"
          name="request"
          value={request}
          onValue={(value) => set({ request: value })}
        />
        <Field
          label="Transaction id"
          name="transaction"
          value={transaction}
          onValue={(value) => set({ transaction: value })}
        />
        <Field
          label="User type"
          name="userType"
          value={userType}
          placeholder="with a user id"
          onValue={(value) => set({ userType: value })}
        />
        <label class="field">
          <span>Order</span>
          <select
            name="order"
            value={order}
            onChange={(event) => set({ order: event.currentTarget.value === 'oldest' ? 'oldest' : 'newest' })}
          >
            <option value="newest">newest first</option>
            <option value="oldest">oldest first</option>
          </select>
        </label>
      </div>
      <label class="check">
        <input
          type="checkbox"
          name="withChildren"
          checked={withChildren}
          disabled={draft.id === ''}
          onChange={(event) => set({ withChildren: event.currentTarget.checked })}
        />
        With what belongs to the record (its children)
      </label>
    </details>
  );
}

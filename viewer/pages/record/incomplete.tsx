import { Icon } from '../../parts/icon';

/** Says that a state may lack attributes. */
export function Incomplete() {
  return (
    <p class="caution">
      <Icon name="warning" /> The trail does not begin with the record’s creation, so attributes that never
      changed since are missing here.
    </p>
  );
}

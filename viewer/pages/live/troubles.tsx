import type { TrailStatusJson } from '../../api/status';
import { Icon } from '../../parts/icon';
import { Text } from '../../parts/text';
import { counted } from '../../values/numbers';
import { troublesOf } from './troubles-of';

/** What needs somebody. */
export function Troubles({ status }: { status: TrailStatusJson }) {
  const troubles = troublesOf(status);
  return (
    <div role="status">
      {troubles.length === 0 ? (
        <p class="good">All is well.</p>
      ) : (
        <ul class="troubles" aria-label={counted(troubles.length, 'trouble')}>
          {troubles.map((trouble) => (
            <li key={trouble}>
              <Icon name="warning" /> <Text value={trouble} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

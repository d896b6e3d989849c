import type { WorkerJson } from '../../api/status';
import { Text } from '../../parts/text';
import { Time } from '../../parts/time';
import { count, roughly } from '../../values/numbers';

interface Props {
  readonly workers: readonly WorkerJson[] | null;
  readonly driver: string;
}

/** Who stores records, and who has fallen silent. */
export function WorkersTable({ workers, driver }: Props) {
  return (
    <section>
      <h2>Workers</h2>
      {workers === null && <p class="muted">They cannot be read.</p>}
      {workers?.length === 0 && (
        <p class="muted">
          {driver === 'sync'
            ? 'Driver sync stores with the write itself.'
            : 'None seen within the last hour.'}
        </p>
      )}
      {workers && workers.length > 0 && (
        <table class="wide">
          <caption class="hidden">Workers</caption>
          <thead>
            <tr>
              <th scope="col">Worker</th>
              <th scope="col">State</th>
              <th scope="col">Since</th>
              <th scope="col" class="figure-cell">
                Stored
              </th>
              <th scope="col" class="figure-cell">
                Per second
              </th>
              <th scope="col" class="figure-cell">
                Set aside
              </th>
              <th scope="col">Version</th>
            </tr>
          </thead>
          <tbody>
            {workers.map((worker) => (
              <Worker key={worker.id} worker={worker} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Worker({ worker }: { worker: WorkerJson }) {
  const {
    host,
    pid,
    atWork,
    seenAt,
    startedAt,
    stored,
    storedPerSecond,
    rescued,
    buried,
    version,
    lastError,
  } = worker;
  return (
    <tr>
      <th scope="row">
        <Text value={`${host}:${pid}`} />
      </th>
      <td data-label="State" class="free">
        <span class={atWork ? 'state-good' : 'state-bad'}>
          {atWork ? 'at work' : 'silent since '}
          {!atWork && <Time iso={seenAt} />}
        </span>
        {lastError && (
          <p class="form-error">
            <Time iso={lastError.at} />: <Text value={lastError.message} />
          </p>
        )}
      </td>
      <td data-label="Since">
        <Time iso={startedAt} />
      </td>
      <td data-label="Stored" class="figure-cell">
        {count(stored)}
      </td>
      <td data-label="Per second" class="figure-cell">
        {atWork && storedPerSecond !== null ? roughly(storedPerSecond) : '–'}
      </td>
      <td data-label="Set aside" class="figure-cell">
        {count(rescued + buried)}
      </td>
      <td data-label="Version">
        <Text value={version} />
      </td>
    </tr>
  );
}

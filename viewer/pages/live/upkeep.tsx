import type { ComponentChildren } from 'preact';

import type { TrailStatusJson } from '../../api/status';
import { Facts } from '../../parts/facts';
import { Text } from '../../parts/text';
import { Time } from '../../parts/time';
import { lastRecovery } from './sample';

/** Where the trail lies, and what is done at times. */
export function Upkeep({ status }: { status: TrailStatusJson }) {
  const { database, driver, directory, stored, tasks, workers } = status;
  const recovered = lastRecovery(status);
  return (
    <section>
      <h2>Upkeep</h2>
      <Facts
        facts={[
          ...(tasks ?? []).map((task) => [`Last ${task.name}`, timeOr(task.lastRunAt, 'not yet')] as const),
          ...(tasks ?? []).map((task) => [`Next ${task.name}`, timeOr(task.nextRunAt, null)] as const),
          ['Last recover', workers === null ? null : timeOr(recovered, 'not yet')],
          ['Oldest stored', timeOr(stored?.oldest ?? null, null)],
          ['Newest stored', timeOr(stored?.newest ?? null, null)],
          ['Driver', driver],
          ['Database', <Text value={database.name} />],
          ['Directory', <Text value={directory} />],
        ]}
      />
    </section>
  );
}

function timeOr(iso: string | null, nothing: string | null): ComponentChildren {
  return iso === null ? nothing : <Time iso={iso} />;
}

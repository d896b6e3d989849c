import { useMemo } from 'preact/hooks';

import { Time } from '../../parts/time';
import { count, roughly } from '../../values/numbers';
import { Chart } from './chart';
import type { Sample } from './sample';

/** The last samples that the table has: more would be a wall of numbers. */
const ROWS = 15;

/** What the figures were since the page was opened, drawn, and in words for who does not see it. */
export function Charts({ samples }: { samples: readonly Sample[] }) {
  const times = useMemo(() => samples.map(({ at }) => Date.parse(at) / 1000), [samples]);
  const waiting = useMemo(() => samples.map((sample) => sample.waiting), [samples]);
  const stored = useMemo(() => samples.map((sample) => sample.storedPerSecond), [samples]);
  return (
    <section class="charts" aria-label="Since this page was opened">
      <figure>
        <figcaption>
          <h2>Records waiting</h2>
          <span class="muted">{inWords(waiting, count)}</span>
        </figcaption>
        <Chart title="Records waiting" times={times} values={waiting} />
      </figure>
      <figure>
        <figcaption>
          <h2>Stored per second</h2>
          <span class="muted">{inWords(stored, roughly)}</span>
        </figcaption>
        <Chart title="Stored per second" times={times} values={stored} />
      </figure>
      <details class="samples">
        <summary>The latest as a table</summary>
        <table>
          <caption class="hidden">Records waiting and stored per second, the latest first</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Waiting</th>
              <th scope="col">Stored per second</th>
            </tr>
          </thead>
          <tbody>
            {[...samples.slice(-ROWS)].reverse().map((sample) => (
              <tr key={sample.at}>
                <th scope="row">
                  <Time iso={sample.at} form="seconds" />
                </th>
                <td>{sample.waiting === null ? 'not known' : count(sample.waiting)}</td>
                <td>{sample.storedPerSecond === null ? 'not known' : roughly(sample.storedPerSecond)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </section>
  );
}

function inWords(values: readonly (number | null)[], write: (value: number) => string): string {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return 'not known';
  return `${write(last)} now, ${write(Math.min(...known))} to ${write(Math.max(...known))} since you came`;
}

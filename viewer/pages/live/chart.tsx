import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

import { usePreferences } from '../../preferences/preferences';
import { clockTime } from '../../time/words';
import type { Writing } from '../../time/words';
import { roughly } from '../../values/numbers';

interface Props {
  readonly title: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

const HEIGHT = 160;
/** A chart of two samples would be a steep line between two edges. */
const LEAST_SECONDS = 60;

/** A line over time. It is a picture only: what it shows must stand in words beside it. */
export function Chart({ title, times, values }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const { theme, writing } = usePreferences();

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const made = new uPlot(optionsFor(element, title, writing), [[], []], element);
    chart.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT }));
    sizes.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = (): void => made.redraw();
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      sizes.disconnect();
      made.destroy();
    };
  }, [title, writing, theme]);

  useEffect(() => chart.current?.setData([[...times], [...values]]), [times, values, writing, theme]);

  return <div ref={place} class="chart" aria-hidden="true" />;
}

function optionsFor(element: HTMLElement, title: string, writing: Writing): uPlot.Options {
  // Read at each drawing, so that a change of theme counts.
  const color = (name: string) => () => getComputedStyle(element).getPropertyValue(name) || 'gray';
  const axis = {
    stroke: color('--chart-ink'),
    grid: { stroke: color('--chart-grid'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth || 300,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [8, 30, 0, 0],
    scales: {
      x: { range: (_, min, max) => [Math.min(min, max - LEAST_SECONDS), max] },
      y: { range: (_, __, max) => [0, Math.max(5, max * 1.15)] },
    },
    axes: [
      { ...axis, size: 28, space: 90, values: (_, splits) => splits.map((at) => clockOf(at, writing)) },
      { ...axis, size: 44, space: 36, values: (_, splits) => splits.map(roughly) },
    ],
    series: [
      {},
      {
        label: title,
        stroke: color('--chart-line'),
        fill: color('--chart-fill'),
        width: 2,
        points: { show: false },
      },
    ],
  };
}

function clockOf(seconds: number, writing: Writing): string {
  return clockTime(new Date(seconds * 1000).toISOString(), writing, true);
}

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';

import { usePreferences } from '../../preferences/preferences';
import { timeZoneOf } from '../../time/instant';
import { roughly } from '../../values/numbers';

interface Props {
  readonly title: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

const HEIGHT = 160;

/** A line over time. It is a picture only: what it shows must stand in words beside it. */
export function Chart({ title, times, values }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const { theme, zone } = usePreferences();

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const made = new uPlot(
      optionsFor(element, title, zone === 'utc' ? timeZoneOf(zone) : undefined),
      [[], []],
      element,
    );
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
  }, [title, zone, theme]);

  useEffect(() => chart.current?.setData([[...times], [...values]]), [times, values, zone, theme]);

  return <div ref={place} class="chart" aria-hidden="true" />;
}

function optionsFor(element: HTMLElement, title: string, zone: string | undefined): uPlot.Options {
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
    ...(zone ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), zone) } : {}),
    scales: { y: { range: (_, __, max) => [0, Math.max(5, max * 1.15)] } },
    axes: [
      { ...axis, space: 90 },
      { ...axis, size: 56, space: 36, values: (_, splits) => splits.map(roughly) },
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

import fs from 'node:fs/promises';
import path from 'node:path';

import type { Chart } from '../part';

/** Draws a chart as SVG into a folder; its file bears the chart's title. */
export async function drawChart({ title, unit, bars }: Chart, folder: string): Promise<void> {
  await fs.mkdir(folder, { recursive: true });
  const file = path.join(folder, `${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.svg`);
  await fs.writeFile(file, svgOf(title, unit, bars));
}

const WIDTH = 720;
const LABEL_WIDTH = 270;
const VALUE_WIDTH = 80;
const BAR_HEIGHT = 22;
const GAP = 8;
const HEAD = 44;

/** Colours that are told apart on white and on black: the README is read on both. */
const STYLE = `text{font:13px system-ui,sans-serif;fill:#6e7781}.title{font-size:15px;font-weight:600}.ours{fill:#2da44e}.other{fill:#8c959f}`;

function svgOf(title: string, unit: string, bars: Chart['bars']): string {
  const most = Math.max(...bars.map(({ value }) => value));
  const height = HEAD + bars.length * (BAR_HEIGHT + GAP);
  const lines = bars.map(({ label, value, isOurs }, index) => {
    const y = HEAD + index * (BAR_HEIGHT + GAP);
    const width = Math.max(1, ((WIDTH - LABEL_WIDTH - VALUE_WIDTH) * value) / most);
    const middle = y + BAR_HEIGHT / 2 + 4;
    return (
      `<text x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escapeXml(label)}</text>` +
      `<rect class="${isOurs ? 'ours' : 'other'}" x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="3"/>` +
      `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${middle}">${shown(value)}</text>`
    );
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<style>${STYLE}</style>`,
    `<text class="title" x="8" y="20">${escapeXml(title)}</text>`,
    `<text x="8" y="37">${escapeXml(unit)}</text>`,
    ...lines,
    '</svg>\n',
  ].join('\n');
}

function shown(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(2);
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

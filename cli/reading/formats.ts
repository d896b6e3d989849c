import { stringify } from 'csv-stringify/sync';

import { jsonText, printable } from '../output';
import { KEYS } from './json';
import type { Row } from './json';

export const FORMATS = ['csv', 'ndjson'] as const;
export type Format = (typeof FORMATS)[number];

/** Makes text of rows, a page at a time. */
export interface Formatter {
  /** What comes before all rows. */
  readonly head: string;
  readonly page: (rows: readonly Row[]) => string;
}

/** On a terminal, characters that it would obey are replaced; JSON has an escaped form for them. */
export function formatterOf(format: Format, isTerminal: boolean): Formatter {
  if (format === 'ndjson')
    return { head: '', page: (rows) => rows.map((row) => `${jsonText(row)}\n`).join('') };
  return {
    head: csv([KEYS]),
    page: (rows) => csv(rows.map((row) => KEYS.map((key) => cellOf(row[key], isTerminal)))),
  };
}

/** With formulas as text: what a record holds is anybody's, and spreadsheets would run it. */
function csv(rows: readonly (readonly unknown[])[]): string {
  return stringify(rows as unknown[][], { escape_formulas: true });
}

function cellOf(value: unknown, isTerminal: boolean): unknown {
  if (typeof value === 'object' && value !== null) return jsonText(value);
  return typeof value === 'string' && isTerminal ? printable(value) : value;
}

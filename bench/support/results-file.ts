import fs from 'node:fs/promises';

import { format, resolveConfig } from 'prettier';

import { sayGoal } from '../part';
import type { ResultTable } from '../part';

const PREAMBLE =
  '# Results of the benchmark\n\nWritten by `npm run bench`; each part replaces its own section.\n\n';

export interface ResultSection {
  readonly name: string;
  /** Machine, versions, date, options. */
  readonly conditions: string;
  readonly notes: readonly string[];
  readonly tables: readonly ResultTable[];
}

/** Writes the section of a part into the file, in place of its former one; those of other parts stay as they are. */
export async function writeSection(file: string, section: ResultSection): Promise<void> {
  const before = await fs.readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return PREAMBLE;
    throw error;
  });
  const chapters = before.split(/^(?=## )/m);
  const place = chapters.findIndex((chapter) => chapter.startsWith(`## ${section.name}\n`));
  chapters.splice(place < 0 ? chapters.length : place, 1, `${markdownOf(section)}\n`);
  const config = await resolveConfig(file);
  await fs.writeFile(file, await format(chapters.join('\n'), { ...config, parser: 'markdown' }));
}

function markdownOf({ name, conditions, notes, tables }: ResultSection): string {
  return [`## ${name}`, conditions, ...notes, ...tables.flatMap(paragraphsOf)].join('\n\n');
}

function paragraphsOf({ title, head, rows, remarks, failures, goals = [] }: ResultTable): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  // The first column names, the others count.
  const alignment = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [
    `### ${title}`,
    [head, alignment, ...rows].map(line).join('\n'),
    ...remarks,
    goals.map((goal) => `- ${goal.isMet ? 'met' : '**missed**'}: ${sayGoal(goal)}`).join('\n'),
    ...failures.map((failure) => `**${failure}**`),
  ];
}

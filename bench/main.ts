import path from 'node:path';

import { Argument, Command, InvalidArgumentError } from 'commander';

import { Output } from '../cli/output';
import { withProgress } from '../cli/progress';
import { sayGoal } from './part';
import type { Bench, Part, ResultTable } from './part';
import { PARTS } from './parts';
import { drawChart } from './support/chart';
import { describeRun, ROOT } from './support/machine';
import { writeSection } from './support/results-file';
import { DATABASES, Servers } from './support/servers';
import type { DatabaseName } from './support/servers';

interface Options {
  quick: boolean;
  database: DatabaseName[];
  minutes: number;
  output: string;
}

const output = Output.of({});

const program = new Command('bench')
  .description('Measures what auditing costs, against the same work without it, on servers of its own.')
  .addArgument(
    new Argument('[parts...]', 'which parts to run; default all').choices(PARTS.map(({ name }) => name)),
  )
  .option('--quick', 'few rounds, for a look rather than for figures', false)
  .option('--database <names>', `of ${DATABASES.join(', ')}, with commas`, databaseNames, [
    'postgres',
    'mariadb',
    'sqlite',
  ] satisfies DatabaseName[])
  .option('--minutes <number>', 'part backpressure: how long nothing can be stored, twice', minutesOf, 2)
  .option('--output <file>', 'where the results are written', path.join(ROOT, 'bench/results.md'))
  .addHelpText(
    'after',
    ['\nParts:', ...PARTS.map(({ name, description }) => `  ${name}  ${description}`)].join('\n'),
  )
  .action(run);

async function run(names: readonly string[], options: Options): Promise<void> {
  const servers = new Servers();
  const bench: Bench = {
    quick: options.quick,
    databases: options.database,
    minutes: options.minutes,
    servers,
    progress: (label, total, work) => withProgress(label, total, output, work),
  };
  try {
    for (const part of PARTS) {
      if (names.length > 0 && !names.includes(part.name)) continue;
      const { name, notes } = part;
      const conditions = `${describeRun()}${options.quick ? '; --quick' : ''}.`;
      const tables = await runPart(part, bench, path.join(path.dirname(options.output), 'charts'));
      await writeSection(options.output, { name, conditions, notes, tables });
    }
  } finally {
    await servers.stop();
  }
}

async function runPart(part: Part, bench: Bench, folder: string): Promise<ResultTable[]> {
  const tables: ResultTable[] = [];
  for await (const table of part.run(bench)) {
    tables.push(table);
    if (table.chart) await drawChart(table.chart, folder);
    output.note(`\n${output.colors.bold(`${part.name}: ${table.title}`)}`);
    output.note(output.table(table.rows, table.head));
    for (const remark of table.remarks) output.note(remark);
    for (const goal of table.goals ?? [])
      output.note(
        `${goal.isMet ? output.colors.green('met') : output.colors.yellow('missed')}  ${sayGoal(goal)}`,
      );
    for (const failure of table.failures) output.note(output.colors.red(failure));
    if (table.failures.length > 0) process.exitCode = 1;
  }
  return tables;
}

function databaseNames(value: string): DatabaseName[] {
  const known: readonly string[] = DATABASES;
  const names = value.split(',');
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no database "${unknown}".`);
  return names as DatabaseName[];
}

function minutesOf(value: string): number {
  const minutes = Number(value);
  if (!(minutes > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return minutes;
}

program.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

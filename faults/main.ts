import { inspect } from 'node:util';

import { Command, InvalidArgumentError, Option } from 'commander';

import { describeRun } from '../bench/support/machine';
import { writeSection } from '../bench/support/results-file';
import { Output } from '../cli/output';
import { withProgress } from '../cli/progress';
import { startMariadb, startPostgres, startRedis } from '../spec/support/servers';
import type { PrivateServer } from '../spec/support/servers';
import { removeRunFolder } from '../spec/support/servers/run-folder';
import type { Servers } from './game';
import { play } from './play';
import type { Match } from './play';
import { failuresOf, tableOf } from './report';
import type { Score } from './report';
import type { Scenario } from './scenario';
import { SCENARIOS } from './scenarios';
import { SmallDisk } from './support/small-disk';

interface Options {
  seed: number;
  minutes: number;
  only: Scenario[];
  short: boolean;
  driver?: string;
  database?: string;
  output?: string;
}

/** Scores are added to while the run goes on. */
type Tally = Score & { readonly matches: (Match & { seed: number })[]; readonly errors: string[] };

const output = Output.of({});

const program = new Command('faults')
  .description(
    'Kills, freezes, cuts off and damages what the audit trail is made of while an application works, and then ' +
      'compares every change that was acknowledged with the trail.',
  )
  .option('--seed <number>', 'repeats the choices of a run; the next round of it has the next seed', whole, 1)
  .option(
    '--minutes <number>',
    'goes round again until the time is over; every scenario once in any case',
    Number,
    0,
  )
  .addOption(
    new Option('--only <words>', 'scenarios whose names hold these words, with commas')
      .argParser(scenariosNamed)
      .default([...SCENARIOS], 'all'),
  )
  .option('--short', 'fewer faults in each scenario', false)
  .option('--driver <name>', 'with this driver alone')
  .option('--database <name>', 'with this database alone: postgres, mariadb or sqlite')
  .option('--output <file>', 'writes the report into this Markdown file')
  .addHelpText(
    'after',
    ['\nScenarios:', ...SCENARIOS.map(({ name, fault }) => `  ${name}: ${fault}`)].join('\n'),
  )
  .action(run);

async function run(options: Options): Promise<void> {
  const conditions = describeRun();
  const tallies = tallied(options);
  const servers: Servers = {
    postgres: await startPostgres(),
    mariadb: await startMariadb(),
    redis: await startRedis(),
  };
  const end = performance.now() + options.minutes * 60_000;
  let isEnding = false;
  process.once('SIGINT', () => {
    isEnding = true;
    output.note('This run is brought to its end, and then there is the report. Once more to end at once.');
  });
  try {
    for (let round = 0; !isEnding && (round === 0 || performance.now() < end); round++) {
      await withProgress(`round ${round + 1}`, tallies.length, output, async (update) => {
        for (const [index, tally] of tallies.entries()) {
          if (isEnding || (round > 0 && performance.now() >= end)) return;
          const seed = options.seed + round;
          await playOnce(servers, tally, seed, options.short);
          update(index + 1);
        }
      });
    }
  } finally {
    await Promise.allSettled(Object.values(servers).map((server: PrivateServer) => server.dispose()));
    removeRunFolder();
  }
  const table = tableOf(tallies);
  output.note(output.table(table.rows, table.head));
  for (const line of [...table.remarks, ...table.failures.map((each) => output.colors.red(each))])
    output.note(line);
  if (table.failures.length > 0) process.exitCode = 1;
  if (options.output !== undefined) {
    const notes = [describeOptions(options)];
    await writeSection(options.output, { name: 'The latest run', conditions, notes, tables: [table] });
  }
}

/** Everything that is asked for and possible here. */
function tallied({ only, driver, database }: Options): Tally[] {
  return only.flatMap((scenario) => {
    if (scenario.diskSize !== undefined && !SmallDisk.isPossible()) {
      output.note(`${scenario.name}: left out, because this user may not mount a disk here.`);
      return [];
    }
    return scenario.places
      .filter((place) => driver === undefined || place.driver === driver)
      .filter((place) => database === undefined || place.database === database)
      .map((place): Tally => ({ ...place, scenario, matches: [], errors: [] }));
  });
}

/** One that cannot be run is a failure, and does not keep the others from being run. */
async function playOnce(servers: Servers, tally: Tally, seed: number, isShort: boolean): Promise<void> {
  try {
    const match = { ...(await play(servers, { ...tally, seed, isShort })), seed };
    tally.matches.push(match);
    tell(tally, match);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    tally.errors.push(what);
    output.note(output.colors.red(`${what}\n${inspect(error)}`));
  }
}

function tell(tally: Tally, match: Match & { seed: number }): void {
  const { scenario, database, driver } = tally;
  const failures = failuresOf({ ...tally, matches: [match], errors: [] });
  const verdict =
    failures.length > 0
      ? output.colors.red(failures.join('\n'))
      : output.colors.green(match.lost > 0 ? `${match.lost} lost, as documented` : 'nothing lost');
  const changes = match.acknowledged.toLocaleString('en-US');
  output.note(
    `${scenario.name}, ${database}, ${driver}, seed ${match.seed}: ${changes} changes acknowledged, ${verdict}`,
  );
}

function describeOptions({ seed, minutes, short }: Options): string {
  const extent = minutes > 0 ? `round again for ${minutes} minutes` : 'each scenario once';
  return `From seed ${seed} on, ${extent}${short ? ', with a third of the faults (`--short`)' : ''}.`;
}

function scenariosNamed(words: string): Scenario[] {
  const found = SCENARIOS.filter(({ name }) => words.split(',').some((word) => name.includes(word.trim())));
  if (found.length === 0) throw new InvalidArgumentError(`No scenario's name holds "${words}".`);
  return found;
}

function whole(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new InvalidArgumentError('It must be a whole number.');
  return number;
}

program.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

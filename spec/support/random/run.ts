import { expectTables } from '../oracle/expect-tables';
import { expectTrail } from '../oracle/expect-trail';
import { expectedRecord } from '../oracle/expected';
import type { Stage } from '../stage';
import type { Library } from './library';
import { Runner } from './runner';
import type { Script } from './script';
import { expectCalls } from './told';
import { settled } from './windows';

/** How much a run has done, so that a script of which nothing comes cannot pass. */
export interface Done {
  readonly changes: number;
  readonly refused: number;
  readonly events: ReadonlySet<string>;
}

/**
 * Runs a script over empty tables and compares: the trail with what the triggers saw, and the tables that the
 * trail alone would make with those that are there. Throws with the differences.
 */
export async function run(
  stage: Stage<Library>,
  script: Script,
  mayBeOvertaken: ReadonlySet<string>,
): Promise<Done> {
  await stage.empty();
  const runner = new Runner(stage, mayBeOvertaken);
  await runner.run(script);
  const changes = await stage.oracle.changes();
  const stored = await stage.world.stored();
  const { audits, unforeseen } = settled(stored, changes, runner.windows);
  expectTrail(audits, changes, { unforeseen });
  expectCalls(stored);
  const { Author, Book, Tag, BookTag } = stage.models;
  // The trail of notes has gaps.
  await expectTables(stage.oracle, [Author, Book, Tag, BookTag], audits);
  const events = changes.flatMap((change) => expectedRecord(change)?.event ?? []);
  return { changes: events.length, refused: runner.refused, events: new Set(events) };
}

import { expect } from 'chai';

import { generate } from '../support/random/generate';
import type { Writers } from '../support/random/generate';
import { library, MAY_BE_OVERTAKEN } from '../support/random/library';
import type { Library } from '../support/random/library';
import { run } from '../support/random/run';
import { printed } from '../support/random/script';
import { shrink } from '../support/random/shrink';
import { onEveryDatabase } from '../support/stage';
import type { Stage } from '../support/stage';

/** AUDIT_TEST_SEEDS is how many, from AUDIT_TEST_SEED on; AUDIT_TEST_OPERATIONS is how much a script does. */
const FIRST = Number(process.env.AUDIT_TEST_SEED ?? 1);
const SEEDS = Array.from({ length: Number(process.env.AUDIT_TEST_SEEDS ?? 1) }, (_, index) => FIRST + index);
const OPERATIONS = Number(process.env.AUDIT_TEST_OPERATIONS ?? 250);
/** The drivers differ in how records follow a transaction; what is captured is the same. */
const SHARES = { one: { embedded: 1, sync: 0.25 }, many: { embedded: 0.5, sync: 0.5 } } as const;
/** Who writes at the same time as others holds instances that are out of date. */
const KINDS = { one: 'mixed', many: 'database' } as const;
const SHRINK_MS = 40_000;

/** What runs at the same time does not fail every time. */
const TRIES = { one: 1, many: 3 } as const;

const specs = (operations: number, writers: Writers) => (stage: Stage<Library>) => {
  for (const seed of SEEDS) {
    it(`of seed ${seed} leaves the trail of what the database saw, from which the tables can be made`, async function () {
      this.timeout(60_000 + 60 * operations + SHRINK_MS);
      const script = generate(seed, operations, stage.database, writers);
      const mayBeOvertaken = MAY_BE_OVERTAKEN[KINDS[writers]];
      const done = await run(stage, script, mayBeOvertaken).catch(async (error: unknown) => {
        const messages = new Map([[printed(script), String(error)]]);
        const fails = async (candidate: typeof script): Promise<boolean> => {
          for (let tries = TRIES[writers]; tries > 0; tries -= 1) {
            try {
              await run(stage, candidate, mayBeOvertaken);
            } catch (reason) {
              messages.set(printed(candidate), String(reason));
              return true;
            }
          }
          return false;
        };
        const smallest = printed(await shrink(script, fails, SHRINK_MS));
        throw new Error(
          `AUDIT_TEST_SEED=${seed} AUDIT_TEST_OPERATIONS=${OPERATIONS}\n${messages.get(smallest)}\nafter\n${smallest}`,
          { cause: error },
        );
      });
      // So that a script of which nothing comes cannot pass.
      expect(done.changes).to.be.greaterThan(0);
      if (operations < 200) return;
      expect([...done.events]).to.include.members(['created', 'updated', 'deleted']);
      expect(done.changes).to.be.greaterThan(operations / 4);
      expect(done.refused).to.be.greaterThan(0);
    });
  }
}; // prettier-ignore

for (const writers of ['one', 'many'] as const) {
  for (const driver of ['embedded', 'sync'] as const) {
    onEveryDatabase(
      `A random script of ${writers} ${writers === 'one' ? 'writer' : 'writers'}, driver ${driver},`,
      (sequelize) => library(sequelize, KINDS[writers]),
      specs(Math.ceil(OPERATIONS * SHARES[writers][driver]), writers),
      { driver },
    );
  }
}

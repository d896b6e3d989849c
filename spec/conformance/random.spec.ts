import { expect } from 'chai';

import { generate } from '../support/random/generate';
import { library } from '../support/random/library';
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
const SHARES = { embedded: 1, sync: 0.25 } as const;
const SHRINK_MS = 40_000;

const specs = (operations: number) => (stage: Stage<Library>) => {
  for (const seed of SEEDS) {
    it(`of seed ${seed} leaves the trail of what the database saw, from which the tables can be made`, async function () {
      this.timeout(60_000 + 60 * operations + SHRINK_MS);
      const script = generate(seed, operations, stage.database);
      try {
        const { changes, refused, events } = await run(stage, script);
        expect([...events]).to.include.members(['created', 'updated', 'deleted']);
        expect(changes).to.be.greaterThan(operations / 4);
        if (operations > 200) expect(refused).to.be.greaterThan(0);
      } catch (error) {
        const messages = new Map([[printed(script), String(error)]]);
        const fails = (candidate: typeof script): Promise<boolean> =>
          run(stage, candidate).then(
            () => false,
            (reason: unknown) => messages.set(printed(candidate), String(reason)) !== undefined,
          );
        const smallest = printed(await shrink(script, fails, SHRINK_MS));
        throw new Error(
          `AUDIT_TEST_SEED=${seed} AUDIT_TEST_OPERATIONS=${OPERATIONS}\n${messages.get(smallest)}\nafter\n${smallest}`,
          { cause: error },
        );
      }
    });
  }
}; // prettier-ignore

for (const driver of ['embedded', 'sync'] as const) {
  const operations = Math.ceil(OPERATIONS * SHARES[driver]);
  onEveryDatabase(`A random script, driver ${driver},`, library, specs(operations), { driver });
}

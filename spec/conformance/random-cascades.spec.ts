import { expect } from 'chai';

import { expectTables } from '../support/oracle/expect-tables';
import { expectTrail } from '../support/oracle/expect-trail';
import { expectedRecord } from '../support/oracle/expected';
import { Random } from '../support/random/prng';
import { storehouse, Storekeeper } from '../support/random/storehouse';
import { onEveryDatabase } from '../support/stage';

/** The same as of random scripts; this one does a third as much. */
const FIRST = Number(process.env.AUDIT_TEST_SEED ?? 1);
const SEEDS = Array.from({ length: Number(process.env.AUDIT_TEST_SEEDS ?? 1) }, (_, index) => FIRST + index);
const OPERATIONS = Math.ceil(Number(process.env.AUDIT_TEST_OPERATIONS ?? 250) / 3);

onEveryDatabase(
  'A random script, in which the database deletes and nulls rows with others,',
  storehouse,
  (stage) => {
    for (const seed of SEEDS) {
      it(`of seed ${seed} is in the trail`, async function () {
        this.timeout(60_000 + 120 * OPERATIONS);
        const keeper = new Storekeeper(stage, new Random(seed));
        try {
          await keeper.work(OPERATIONS);
          const [changes, audits] = [await stage.oracle.changes(), await stage.world.stored()];
          expectTrail(audits, changes);
          await expectTables(stage.oracle, Object.values(stage.models), audits);
          const events = changes.map((change) => expectedRecord(change)?.event);
          expect(events).to.include.members(['created', 'updated', 'deleted']);
        } catch (error) {
          throw new Error(`AUDIT_TEST_SEED=${seed}\n${String(error)}\nafter\n${keeper.log.join('\n')}`, {
            cause: error,
          });
        }
      });
    }
  },
);

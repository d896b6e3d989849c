import path from 'node:path';

import { expect } from 'chai';
import { uuidv7 } from 'uuidv7';

import { withAudit } from '../../lib';
import { defineItems } from '../../faults/children/items';
import { Lane } from '../../faults/children/lane';
import { Ledger, readLedger } from '../../faults/ledger';
import type { Operation } from '../../faults/ledger';
import { judge } from '../../faults/oracle';
import type { Verdict } from '../../faults/oracle';
import { Random } from '../support/random/prng';
import { createWorld } from '../support/world';
import type { World } from '../support/world';

const STEPS = 60;

/** A judge that finds nothing would find every run good. So things are made wrong on purpose, and it has to see them. */
describe('The oracle of the faults', () => {
  let world: World;
  let operations: Operation[];

  beforeEach(async () => {
    world = await createWorld('sqlite', { driver: 'sync' });
    const items = defineItems(world.sequelize);
    withAudit(items);
    await world.sequelize.sync();
    const file = path.join(world.folder, 'ledger');
    const ledger = new Ledger(file);
    const lane = new Lane('life.0', items, ledger, new Random(7));
    for (let step = 0; step < STEPS; step++) await lane.step();
    ledger.close();
    operations = await readLedger(file);
  });
  afterEach(() => world.dispose());

  const verdict = (): Promise<Verdict> => judge(operations, world.sequelize, world.trail);
  const query = (sql: string): Promise<unknown> => world.sequelize.query(sql);

  it('finds nothing where nothing is wrong, and counts what there is', async () => {
    const found = await verdict();
    expect(found).to.include({ lost: 0, doubled: 0, unknown: 0, unreported: 0 });
    expect(found.acknowledged).to.equal(await world.trail.Audit.count());
    expect(found.acknowledged).to.be.greaterThan(STEPS);
    expect(new Set(operations.map(({ fate }) => fate))).to.deep.equal(new Set(['acknowledged', 'undone']));
  });

  it('misses a record', async () => {
    await query('DELETE FROM audits WHERE id = (SELECT max(id) FROM audits)');
    expect(await verdict()).to.include({ lost: 1, doubled: 0, unknown: 0 });
  });

  it('sees a change that has two records', async () => {
    const columns = 'event, auditable_type, auditable_id, old_values, new_values, created_at, schema_version';
    await query(
      `INSERT INTO audits (id, ${columns}) SELECT '${uuidv7()}', ${columns} FROM audits ORDER BY id LIMIT 1`,
    );
    expect(await verdict()).to.include({ lost: 0, doubled: 1, unknown: 0 });
  });

  it('sees a record that says something else than what was done', async () => {
    await query(
      `UPDATE audits SET new_values = json_set(new_values, '$.text', 'another')
        WHERE id = (SELECT max(id) FROM audits WHERE event = 'updated')`,
    );
    expect(await verdict()).to.include({ lost: 1, doubled: 0, unknown: 1 });
  });

  it('sees a record of what was undone', async () => {
    const done = operations.find(({ fate, changes }) => fate === 'acknowledged' && changes.length > 1)!;
    done.fate = 'undone';
    expect(await verdict()).to.include({ lost: 0, doubled: 0, unknown: done.changes.length });
  });

  it('asks the rows about what was not reported', async () => {
    const last = operations.findLast(({ fate }) => fate === 'acknowledged')!;
    last.fate = 'unknown';
    expect(await verdict()).to.include({ unknown: 0, unreported: 0 });
    const changed = last.changes.map(({ before, after }) => (after ?? before)!.id);
    await query(`DELETE FROM audits WHERE auditable_id IN (${changed.map((id) => `'${id}'`).join()})`);
    expect((await verdict()).unreported).to.be.greaterThan(0);
  });
});

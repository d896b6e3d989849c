import { expect } from 'chai';
import { literal, Op } from 'sequelize';
import sinon from 'sinon';

import { onEveryDatabase } from '../../support/stage';
import type { Stage } from '../../support/stage';
import { alike, textTwins } from '../../support/twins';
import type { Twin } from '../../support/twins';

onEveryDatabase('Large sets', textTwins, (stage) => {
  /** As many as are not held in memory at once, and some. */
  const size = (): number => (stage.database === 'postgres' ? 12_000 : 6_000);
  const many = async (model: Twin): Promise<void> => {
    for (let start = 0; start < size(); start += 2_000) {
      const ids = Array.from({ length: 2_000 }, (_, index) => start + index + 1);
      await stage.sequelize.query(
        `INSERT INTO ${model.tableName} (id, count) VALUES ${ids.map((id) => `(${id}, ${id})`).join(', ')}`,
      );
    }
  };

  it('many rows, by a condition that depends on what is there', async () => {
    await alike(stage, 'text', async (model) => {
        await many(model);
        const aboveMean = literal(`count > (SELECT AVG(t.count) / 10 FROM (SELECT count FROM ${model.tableName}) t)`);
        return [await model.update({ name: 'x' }, { where: aboveMean }), await model.destroy({ where: aboveMean })];
      }); // prettier-ignore
    const audits = await stage.world.stored();
    expect(audits.filter(({ event }) => event === 'deleted')).to.have.length(0.95 * size());
  });

  it('many rows up to a limit', async () => {
    const { audited_text: model } = stage.models;
    await many(model!);
    await stage.sequelize.query(`CREATE INDEX backwards ON ${model!.tableName} (count DESC)`);
    const limit = size() - 500;
    const count = await model!.destroy({ where: { count: { [Op.gt]: 0 } }, limit });
    expect(count).to.equal(limit);
    const left = new Set((await model!.findAll()).map((row) => String(row.get('id'))));
    const gone = (await stage.world.stored()).map(({ auditableId }) => auditableId ?? '');
    expect(gone.filter((id) => left.has(id))).to.deep.equal([]);
    expect(new Set(gone).size).to.equal(limit);
  });
  it('many rows that have become few before they are written', async () => {
    if (stage.database !== 'postgres') return;
    const { sequelize } = stage;
    const { audited_text: model } = stage.models;
    await many(model!);
    const few = 9_990;
    const run = sequelize.query.bind(sequelize) as (...args: unknown[]) => Promise<unknown>;
    let isDeleted = false;
    const query = sinon.stub(sequelize, 'query').callsFake((async (...args: unknown[]) => {
      if (!isDeleted && String(args[0]).includes('has_database_privilege')) {
        isDeleted = true;
        await run(`DELETE FROM ${model!.tableName} WHERE id > ${few}`);
      }
      return run(...args);
    }) as never);
    try {
      const [count] = await model!.update({ name: 'x' }, { where: {} });
      expect([isDeleted, count]).to.deep.equal([true, few]);
    } finally {
      query.restore();
    }
    expect(await model!.count({ where: { name: 'x' } })).to.equal(few);
    expect(await stage.world.stored()).to.have.length(few);
  });
  it('columns that are asked for twice', async () => {
    if (stage.database !== 'postgres') return;
    const { audited_text: model } = stage.models;
    await many(model!);
    const [count, rows] = await model!.update({ name: 'x' }, { where: {}, returning: ['id', 'id'] });
    expect([count, rows.length]).to.deep.equal([size(), size()]);
    expect(await stage.world.stored()).to.have.length(size());
  });

  it('many rows of which each refers to another', async () => {
      for (const kind of ['audited', 'plain']) await referToItself(stage, `${kind}_text`);
      // InnoDB looks at the constraint row by row, and is content if children go first.
      const parentOf = (id: number): number | null => (id < 12_000 ? id + 1 : null);
      await alike(stage, 'text', async (model) => {
        for (let start = 12_000; start > 0; start -= 2_000) {
          const ids = Array.from({ length: 2_000 }, (_, index) => start - index);
          await stage.sequelize.query(
            `INSERT INTO ${model.tableName} (id, parent) VALUES ${ids.map((id) => `(${id}, ${parentOf(id)})`).join(', ')}`,
          );
        }
        return [await model.update({ count: 1 }, { where: {} }), await model.destroy({ where: {} })];
      });
      const audits = await stage.world.stored();
      expect(audits.filter(({ event }) => event === 'deleted')).to.have.length(12_000);
      expect(audits.every(({ event, oldValues }) => event !== 'deleted' || Number(oldValues?.['id']) === 12_000 || oldValues?.['parent'] !== null)).to.equal(true);
    }); // prettier-ignore
});

/** SQLite and MariaDB cannot, or need not: there the rows only say so. */
async function referToItself({ sequelize, database }: Stage<Record<string, Twin>>, table: string): Promise<void> {
  if (database !== 'postgres') return;
  await sequelize.query(`ALTER TABLE ${table} ADD FOREIGN KEY (parent) REFERENCES ${table} (id)`);
} // prettier-ignore

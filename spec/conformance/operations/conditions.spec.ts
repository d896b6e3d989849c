import { expect } from 'chai';
import { col, fn, literal, Op, where } from 'sequelize';
import type { WhereOptions } from 'sequelize';

import { outcomeOf } from '../../support/outcome';
import { onEveryDatabase } from '../../support/stage';
import { alike, fourTexts, textTwins } from '../../support/twins';
import type { Twin } from '../../support/twins';

onEveryDatabase('Conditions', textTwins, (stage) => {
  const CONDITIONS: Record<string, (model: Twin) => WhereOptions> = {
    'that looks as if values were bound': () => ({ name: ['$$x', '$5'] }),
    'with a function': () => ({ name: fn('upper', 'a') }),
    'made of functions': () => where(fn('lower', col('name')), 'a'),
    'with SQL': () => ({ name: { [Op.eq]: literal("'$' || 'x'") } }),
    'with a subquery on the table': (model) => ({
      count: { [Op.gte]: literal(`(SELECT AVG(t.count) FROM (SELECT count FROM ${model.tableName}) t)`) },
    }),
  };

  for (const [which, condition] of Object.entries(CONDITIONS)) {
    it(`a condition ${which}`, async () => {
      for (const call of [
        (model: Twin) => model.update({ count: 9 }, { where: condition(model) }),
        (model: Twin) => model.increment({ count: 3 }, { where: condition(model) }),
        (model: Twin) => model.decrement({ count: 3 }, { where: condition(model) }),
        (model: Twin) => model.destroy({ where: condition(model) }),
      ]) {
        await stage.empty();
        await alike(stage, 'text', async (model) => {
          await fourTexts(model);
          return outcomeOf(() => call(model));
        });
        await stage.check('whatever');
      }
    });
  }

  it('replacements in a condition', async () => {
    await alike(stage, 'text', async (model) => {
        await fourTexts(model);
        const replacements = { name: 'A' };
        return [
          await outcomeOf(() => model.update({ count: 9 }, { where: literal('name = :name'), replacements } as never)),
          await outcomeOf(() => model.destroy({ where: literal('name = :name'), replacements } as never)),
        ];
      }); // prettier-ignore
  });

  it('a table that bears a name of ours', async () => {
    const name = stage.sequelize.getQueryInterface().quoteIdentifier('o');
    await stage.sequelize.query(`CREATE TABLE ${name} (x INTEGER)`);
    try {
      await alike(stage, 'text', async (model) => {
        await fourTexts(model);
        return model.update({ count: literal(`(SELECT count(*) FROM ${name})`) }, { where: { name: 'A' } });
      });
      await stage.check({ created: 4, updated: 1 });
    } finally {
      await stage.sequelize.query(`DROP TABLE ${name}`);
    }
  });

  it('SQL that joins conditions by OR', async () => {
    const { audited_text: model } = stage.models;
    await fourTexts(model!);
    const statements: string[] = [];
    const logging = (text: string): unknown => statements.push(text);
    await model!.update({ count: 9 }, { where: literal('count = 3 OR count = 1'), logging });
    expect(statements.filter((text) => /^UPDATE/.test(text) && / OR .* AND /.test(text))).to.deep.equal([]);
    await stage.check({ created: 4, updated: 2 });
  });
});

onEveryDatabase(
  'Names without quotes',
  textTwins,
  (stage) => {
    it('are taken in every statement of ours', async () => {
      await alike(stage, 'text', (model) =>
        stage.sequelize.transaction(async (transaction) => [
          await model.bulkCreate([{ id: 1, name: 'a', count: 0 }, { id: 2, name: 'b', count: 0 }], { transaction }),
          await model.update({ count: literal('count + 1') }, { where: { name: 'a' }, transaction }),
          await model.increment({ count: 2 }, { where: {}, transaction }),
          await model.destroy({ where: { name: 'b' }, transaction }),
        ]),
      ); // prettier-ignore
      expect((await stage.world.stored()).map(({ event }) => event)).to.deep.equal(
        ['created', 'created', 'updated', 'updated', 'updated', 'deleted'],
      ); // prettier-ignore
    });
  },
  { sequelize: { quoteIdentifiers: false } },
);

import { expect } from 'chai';
import { DataTypes } from 'sequelize';
import type { Sequelize } from 'sequelize';
import sinon from 'sinon';

import { onEveryDatabase } from '../../support/stage';
import { twins } from '../../support/twins';
import type { Twin } from '../../support/twins';

const things = (sequelize: Sequelize): Record<string, Twin> =>
  twins(sequelize, 'thing', () => ({
    id: { type: DataTypes.INTEGER, primaryKey: true },
    settings: DataTypes.JSON,
    bytes: DataTypes.BLOB,
    at: DataTypes.DATE(3),
    ...(sequelize.getDialect() === 'postgres' ? { list: DataTypes.ARRAY(DataTypes.TEXT) } : {}),
  }));

interface Given {
  settings: { level: number };
  bytes: Buffer;
  at: Date;
  /** On PostgreSQL. */
  list?: string[];
}

/** Each of row 1; updates find it with other values. */
const WRITES: Record<string, (model: Twin, given: Given) => Promise<unknown>> = {
  create: (model, given) => model.create({ id: 1, ...given }),
  bulkCreate: (model, given) => model.bulkCreate([{ id: 1, ...given }]),
  upsert: (model, given) => model.upsert({ id: 1, ...given }),
};
const UPDATES: typeof WRITES = {
  update: (model, given) => model.build({ id: 1, settings: { level: 0 } }, { isNewRecord: false }).update({ ...given }),
  'Model.update': (model, given) => model.update({ ...given }, { where: { id: 1 } }),
}; // prettier-ignore

onEveryDatabase('Values that the application changes while they are written', things, (stage) => {
  /** Resolves when the first statement of what is done now is on its way. */
  const firstStatement = (): Promise<void> => {
    const { sequelize } = stage;
    return new Promise((resolve) => {
      const query = sinon.stub(sequelize, 'query').callsFake(((...args: [string]) => {
        query.restore();
        setImmediate(resolve);
        return sequelize.query(...args);
      }) as never);
    });
  };

  for (const [name, write] of Object.entries({ ...WRITES, ...UPDATES })) {
    it(`are stored and recorded as they were given: ${name}`, async () => {
      const model = stage.models['audited_thing']!;
      if (name in UPDATES) await model.create({ id: 1, settings: { level: 0 } });
      const list = stage.database === 'postgres' ? { list: ['a'] } : {};
      const given: Given = {
        settings: { level: 1 },
        bytes: Buffer.from('one'),
        at: new Date(1_000),
        ...list,
      };
      const sent = firstStatement();
      const writing = write(model, given);
      await sent;
      given.settings.level = 2;
      given.bytes.fill('x');
      given.at.setTime(2_000);
      given.list?.splice(0, 1, 'b');
      await writing;
      const row = (await model.findByPk(1))!.get() as Given;
      const { settings, bytes, at } = row;
      expect([settings, bytes, at]).to.deep.equal([{ level: 1 }, Buffer.from('one'), new Date(1_000)]);
      if (given.list) expect(row.list).to.deep.equal(['a']);
      const { newValues } = (await stage.world.stored()).at(-1)!;
      expect(newValues).to.deep.include({ settings, bytes, at: at.toISOString() });
      if (given.list) expect(newValues).to.deep.include({ list: ['a'] });
    });
  }
});

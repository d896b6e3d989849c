import { expect } from 'chai';
import { DataTypes, fn, Sequelize } from 'sequelize';
import type { Model, ModelStatic, Options } from 'sequelize';

import { configureAudit, withAudit } from '../../lib';
import { createWorld, MemoryLogger } from '../support/world';
import type { World } from '../support/world';

/** What only the database knows of a new row, and RETURNING does not tell exactly. */
describe('a created row that is read again on postgres', () => {
  let world: World;
  beforeEach(async () => {
    world = await createWorld('postgres');
  });
  afterEach(() => world.dispose());

  const define = (sequelize: Sequelize): ModelStatic<Model> =>
    withAudit(
      sequelize.define(
        'Event',
        { at: DataTypes.DATE, name: DataTypes.STRING },
        { timestamps: false, tableName: 'events' },
      ),
    );

  it('is recorded as it was created, although another writer is quick', async () => {
    const Event = define(world.sequelize);
    await Event.sync();
    let isDone = false;
    world.sequelize.addHook('afterQuery', async ({ type }) => {
      if (String(type) !== 'INSERT' || isDone) return;
      isDone = true;
      await world.sequelize.query(`UPDATE events SET at = '1999-01-01'`);
    });

    await Event.create({ at: fn('now') });

    const [audit] = await world.stored();
    expect(isDone).to.equal(true);
    expect(audit?.newValues?.['at']).to.match(/^20/);
  });

  it('needs no transaction where RETURNING tells all', async () => {
    const Event = define(world.sequelize);
    await Event.sync();
    const statements: string[] = [];
    await Event.create({ name: fn('upper', 'a') }, { logging: (sql) => void statements.push(sql) });

    const [audit] = await world.stored();
    expect(audit?.newValues).to.include({ name: 'A' });
    expect(statements).to.have.length(1);
  });

  it('is there once if it may not be read, and the trail says that it is not recorded', async () => {
    await define(world.sequelize).sync();
    const { database, username, password, host, port } = world.sequelize.config;
    const role = `only_ids_of_${database}`;
    for (const sql of [
      `CREATE ROLE ${role}`,
      `GRANT ${role} TO CURRENT_USER`,
      `GRANT INSERT, SELECT (id) ON events TO ${role}`,
      `GRANT USAGE ON events_id_seq TO ${role}`,
    ])
      await world.sequelize.query(sql);
    const limited = new Sequelize({
      ...({ dialect: 'postgres', database, username, password, host, port } as unknown as Options),
      logging: false,
      dialectOptions: { options: `-c role=${role}` },
    });
    const logger = new MemoryLogger();
    const trail = configureAudit(limited, { dir: world.folder, logger });
    try {
      await define(limited).create({ at: fn('now') }, { returning: ['id'] });

      expect(await define(world.sequelize).count()).to.equal(1);
      expect(logger.lines.join('\n')).to.contain('the database refuses to read what is changed');
    } finally {
      await trail.close();
      await limited.close();
      await world.sequelize.query(`DROP OWNED BY ${role}`);
      await world.sequelize.query(`DROP ROLE ${role}`);
    }
  });
});

import { Sequelize } from 'sequelize';

describe('This run on sqlite', () => {
  it('tells its Sequelize', () => {
    const { version } = Sequelize as unknown as { version: string };
    process.stdout.write(`runs with Sequelize ${version}\n`);
  });
});

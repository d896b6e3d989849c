import { createRequire } from 'node:module';
import path from 'node:path';

import { expect } from 'chai';

import { audit, auditJson, startOnTerminal } from './command';
import { applicationFolder, LIBRARY, write } from './shop';

const APPLICATION = `
const { Sequelize, DataTypes } = require('sequelize');
const { configureAudit, withAudit } = require(${JSON.stringify(LIBRARY)});
const storage = ${JSON.stringify('STORAGE')};
const sequelize = new Sequelize({ dialect: 'sqlite', storage, logging: false });
const trail = configureAudit(sequelize, { driver: 'sync' });
const columns = { name: DataTypes.STRING, price: DataTypes.INTEGER };
const Product = withAudit(sequelize.define('Product', columns, { timestamps: false }));
module.exports = { sequelize, trail, Product };
`;

interface Application {
  sequelize: { sync(): Promise<unknown>; close(): Promise<void> };
  trail: { migrate(): Promise<unknown>; close(): Promise<void> };
  Product: {
    create(
      values: object,
    ): Promise<{ update(values: object): Promise<unknown>; destroy(): Promise<unknown> }>;
  };
}

interface Listed {
  audits: {
    id: string;
    event: string;
    userId: string | null;
    context: object | null;
    newValues: object | null;
  }[];
}

describe('audit revert and audit undelete', () => {
  let cwd: string;
  const at = ['--module', 'database.js'];
  let application: Application;
  let product: Awaited<ReturnType<Application['Product']['create']>>;
  beforeEach(async () => {
    cwd = applicationFolder();
    write(cwd, { 'database.js': APPLICATION.replace('STORAGE', path.join(cwd, 'shop.sqlite')) });
    application = createRequire(__filename)(path.join(cwd, 'database.js')) as Application;
    const { sequelize, trail, Product } = application;
    await sequelize.sync();
    await trail.migrate();
    product = await Product.create({ name: 'Tea', price: 1000 });
    await product.update({ price: 1200 });
  });
  afterEach(async () => {
    await application.trail.close();
    await application.sequelize.close();
  });

  const history = async (): Promise<Listed['audits']> =>
    (await auditJson<Listed>(['log', 'Product', '1', ...at], { cwd })).document.audits;
  const revert = (id: string, ...args: string[]): ReturnType<typeof audit> =>
    audit(['revert', id, '--reason', 'ticket 7', ...args, ...at], { cwd });

  it('takes a change back, for a reason and as a user', async () => {
    const [update] = await history();
    const { status, stdout } = await revert(update!.id, '--yes', '--user', 'Admin:3');
    expect({ status, stdout }).to.deep.equal({ status: 0, stdout: 'Product 1 was updated: price.\n' });
    const [made] = await history();
    expect(made).to.deep.include({ event: 'updated', userId: '3', newValues: { price: 1000 } });
    expect(made!.context).to.deep.include({ reason: 'ticket 7', revertOf: update!.id });
  });

  it('refuses where the row has changed since, unless --force', async () => {
    const [update] = await history();
    await product.update({ price: 1500 });
    const refused = await revert(update!.id, '--yes');
    expect(refused.status).to.equal(1);
    expect(refused.stderr).to.match(
      /has changed since .*: price\. With --force that is overwritten\. \[AUDIT_CONFLICT\]/,
    );
    expect((await revert(update!.id, '--yes', '--force')).status).to.equal(0);
    expect((await history())[0]).to.deep.include({ newValues: { price: 1000 } });
  });

  it('shows the change on a terminal, and asks', async () => {
    const [update] = await history();
    const args = ['revert', update!.id, '--reason', 'ticket', ...at];
    const no = startOnTerminal(args, { cwd, env: { NO_COLOR: '1' } });
    await no.says(/price: 1000 → 1200[^]*Take this back\? \[y\/N\]/);
    no.child.stdin.write('n\n');
    const { status, stdout } = await no.result;
    expect(status).to.equal(1);
    expect(stdout).to.contain('Nothing was done.');
    const yes = startOnTerminal(args, { cwd });
    await yes.says(/Take this back\?/);
    yes.child.stdin.write('y\n');
    expect((await yes.result).status).to.equal(0);
    expect(await history()).to.have.lengthOf(3);
  });

  it('brings a deleted record back', async () => {
    await product.destroy();
    const args = ['undelete', 'Product', '1', '--reason', 'ticket 7', ...at];
    const { status, document } = await auditJson([...args, '--yes'], { cwd });
    expect({ status, document }).to.deep.equal({ status: 0, document: { model: 'Product', id: '1' } });
    expect((await history())[0]).to.deep.include({
      event: 'created',
      newValues: { id: 1, name: 'Tea', price: 1200 },
    });
    const again = await audit([...args, '--yes'], { cwd });
    expect(again.status).to.equal(1);
    expect(again.stderr).to.contain('[AUDIT_CONFLICT]');
  });

  it('exits with 2 for what cannot be meant', async () => {
    const [update] = await history();
    const reason = ['--reason', 'x'];
    const url = ['--url', 'sqlite:shop.sqlite', '--driver', 'sync'];
    const wrong: [args: string[], message: RegExp][] = [
      [['revert', 'no-id', ...reason, ...at], /The trail has no record "no-id"/],
      [['revert', update!.id, ...at], /required option '--reason <text>' not specified/],
      [['revert', update!.id, ...reason, ...at], /no terminal to ask on: say --yes/],
      [['revert', update!.id, ...reason, '--yes', ...url], /needs your models: .*--module/],
      [['undelete', 'Prodct', '1', ...reason, ...at], /no audited model "Prodct"\. Did you mean "Product"\?/],
      [['undelete', 'Product', '11', ...reason, ...at], /nothing of Product "11"\. Did you mean "1"\?/],
      [['undelete', 'Product', '1', ...reason, ...at], /no deletion of Product 1/],
    ];
    for (const [args, message] of wrong) {
      const { status, stderr } = await audit(args, { cwd });
      expect(stderr).to.match(message);
      expect(status, args.join(' ')).to.equal(2);
    }
    expect(await history()).to.have.lengthOf(2);
  });
});

import { expect } from 'chai';

import { audit, start } from '../cli/command';
import type { Running } from '../cli/command';
import { applicationFolder, recordChanges } from '../cli/shop';
import { openVisitor } from '../support/visitor';
import type { Visitor } from '../support/visitor';

const LINK = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}/;
const DATABASE = ['--url', 'sqlite:shop.sqlite'];

describe('audit ui in a browser', function () {
  this.timeout(60_000);
  let link: URL;
  let ui: Running;
  const visitors: Visitor[] = [];
  before(async () => {
    const cwd = applicationFolder();
    await recordChanges(cwd, 3);
    await audit(['migrate', ...DATABASE], { cwd });
    await audit(['work', '--drain', ...DATABASE], { cwd });
    ui = start(['ui', '--no-open', ...DATABASE], { cwd });
    await ui.says(LINK);
    link = new URL(LINK.exec(ui.said.stdout)![0]);
  });
  after(async () => {
    for (const visitor of visitors) await visitor.close();
    ui?.child.kill('SIGKILL');
    await ui?.result;
  });

  const visit = async (): Promise<Visitor> => {
    const visitor = await openVisitor(link.origin);
    visitors.push(visitor);
    return visitor;
  };

  it('shows nothing to who has no link, or another', async () => {
    const visitor = await visit();
    const { page } = visitor;
    for (const path of ['/', '/live', '/record/Product/1']) {
      await page.goto(path);
      await page.getByRole('heading', { name: 'Not signed in' }).waitFor();
      expect(await page.getByText('terminal').count()).to.equal(1);
    }
    await page.goto(`/?token=${'x'.repeat(43)}`);
    await page.getByRole('heading', { name: 'This is not the link' }).waitFor();
    expect(visitor.troubles().map((trouble) => trouble.slice(0, 4))).to.deep.equal([
      '401:',
      '401:',
      '401:',
      '403:',
    ]);
    expect(await page.context().cookies()).to.deep.equal([]);
  });

  it('lets one browser in by its link, which does not stay in the address, and no other', async () => {
    const visitor = await visit();
    const { page } = visitor;
    await page.goto(link.href);
    await page.getByRole('article').nth(2).waitFor();
    expect(page.url()).to.equal(`${link.origin}/`);
    expect(await page.evaluate('document.cookie')).to.equal('');
    await page.getByRole('link', { name: 'Product 1' }).click();
    await page.getByRole('heading', { name: 'Product 1' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Product 1' }).waitFor();
    await page.getByText('read only').waitFor();
    expect(visitor.troubles()).to.deep.equal([]);

    const other = await visit();
    await other.page.goto(link.href);
    await other.page.getByRole('heading', { name: 'This link was used already' }).waitFor();
    await other.page.goto('/');
    await other.page.getByRole('heading', { name: 'Not signed in' }).waitFor();
  });

  it('says so on the page when the command has ended', async () => {
    const [, { page } = await visit()] = visitors;
    await page.goto('/live');
    await page.getByRole('heading', { name: 'Workers' }).waitFor();
    ui.child.kill('SIGTERM');
    expect((await ui.result).status).to.equal(0);
    await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
  });
});

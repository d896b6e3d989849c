import { expect } from 'chai';

import { Proxy } from '../support/proxy';
import { audit, auditJson, start, startOnTerminal } from './command';
import { applicationFolder } from './shop';
import { change, newTrail } from './trails';
import type { Trail } from './trails';

interface Listed {
  audits: { id: string; event: string; auditableId: string; createdAt: string; diff: unknown[] }[];
  next: string | null;
}

for (const name of ['sqlite', 'postgres'] as const) {
  describe(`audit log on ${name}`, () => {
    let trail: Trail;
    const created = change({
      event: 'created',
      oldValues: null,
      newValues: { price: 1000 },
      requestId: 'request-1',
      tags: ['import'],
      context: { reason: 'first stock', ticket: 7 },
    });
    const updated = change({
      userType: 'User',
      userId: '42',
      transactionId: 'transaction-1',
      oldValues: { price: 1000, size: { a: [1, 2] }, password: '[redacted]' },
      newValues: { price: 1200, size: { a: [1, 3], b: true }, password: '[redacted]' },
    });
    const other = change({ auditableType: 'Order', auditableId: '77', event: 'shipped' });
    const child = change({ auditableType: 'Line', auditableId: '5', parentType: 'Product', parentId: '1' });
    const records = [created, updated, other, child];

    before(async () => {
      trail = await newTrail(name);
      await trail.store(records);
    });
    after(() => trail.drop());

    const list = async (...args: string[]): Promise<string[]> => {
      const { document } = await auditJson<Listed>(['log', ...args, ...trail.at], trail);
      return document.audits.map(({ id }) => id);
    };

    it('tells what happened to a record, newest first, plainly where it is piped', async () => {
      const { status, stdout, stderr } = await audit(['log', 'Product', '1', ...trail.at], trail);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
      expect(stdout).to.match(/~ updated Product 1 {2}\S+\n[^]*\+ created Product 1 {2}\S+\n/);
      expect(stdout).to.contain('User:        User:42\n').and.contain('Transaction: transaction-1\n');
      expect(stdout).to.contain('Reason:      first stock\n').and.contain('Tags:        import\n');
      expect(stdout).to.match(
        /Date: {8}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} [+-]\d\d:\d\d \(\S+ \S+ ago\)\n/,
      );
      expect(stdout).to.contain('  price: 1000 → 1200\n').and.contain('+ price: 1000\n');
      expect(stdout).to.contain('  size.a[1]: 2 → 3\n').and.contain('+ size.b: true\n');
      expect(stdout).to.contain('  password: [redacted] → [redacted]\n');
      expect(stdout).not.to.match(/\u001b/);
    });

    const filters: [args: string[], found: typeof records][] = [
      [[], [child, other, updated, created]],
      [['--reverse'], records],
      [
        ['Product', '1', '--with-children'],
        [child, updated, created],
      ],
      [['--user', 'User:42'], [updated]],
      [['--user', '42'], [updated]],
      [['--user', 'Admin:42'], []],
      [
        ['--event', 'created', '--event', 'shipped'],
        [other, created],
      ],
      [['--request', 'request-1'], [created]],
      [['--transaction', 'transaction-1'], [updated]],
      [['--tag', 'import'], [created]],
      [['--attribute', 'size'], [updated]],
      [['--since', '1h', '-n', '1'], [child]],
      [['--since', '3 days ago', '--until', '2 days ago'], []],
      [['--until', 'yesterday'], []],
      [['Order'], [other]],
    ];
    for (const [args, found] of filters) {
      it(`finds ${found.length} by ${args.join(' ') || 'nothing'}`, async () => {
        expect(await list(...args)).to.deep.equal(found.map(({ id }) => id));
      });
    }

    it('goes on where a page has ended', async () => {
      const first = await auditJson<Listed>(['log', '--limit', '3', ...trail.at], trail);
      expect(first.document.audits).to.have.lengthOf(3);
      const next = first.document.next!;
      const rest = await auditJson<Listed>(['log', '--after', next, ...trail.at], trail);
      expect(rest.document.audits.map(({ id }) => id)).to.deep.equal([created.id]);
      expect(rest.document.next).to.equal(null);
    });

    it('has differences and microseconds in its JSON', async () => {
      const { document } = await auditJson<Listed>(['log', '--user', '42', ...trail.at], trail);
      const [only] = document.audits;
      expect(only!.createdAt).to.equal(
        `${new Date(updated.createdAt / 1000).toISOString().slice(0, 20)}${String(updated.createdAt % 1e6).padStart(6, '0')}Z`,
      );
      expect(only!.diff).to.deep.include({ path: ['size', 'a', 1], kind: 'changed', before: 2, after: 3 });
    });

    it('has a line for each record with --oneline', async () => {
      const { stdout } = await audit(['log', '--oneline', '--user', '42', ...trail.at], trail);
      expect(stdout).to.match(
        /^\S+ \S+ {2}~ updated {3}Product 1 {2}(?:price, size|size, price), password {2}User:42 {2}\S+\n$/,
      );
    });

    it('tells what a record was like', async () => {
      const { stdout } = await audit(['log', 'Product', '1', '--at', 'now', ...trail.at], trail);
      expect(stdout)
        .to.match(/^Product 1 at /)
        .and.contain('price: 1200\n');
      const { document } = await auditJson<{ exists: boolean; values: unknown }>(
        ['log', 'Product', '1', '--at', '2020-01-31', ...trail.at],
        trail,
      );
      expect(document).to.include({ exists: false, values: null });
    });

    const wrong: [args: string[], message: RegExp][] = [
      [['Prodct'], /nothing of a model "Prodct"\. Did you mean "Product"\? \[AUDIT_NOT_FOUND\]/],
      [['Order', '76'], /nothing of Order "76"\. Did you mean "77"\? \[AUDIT_NOT_FOUND\]/],
      [['Order', '76', '--at', 'now'], /nothing of Order "76"\. Did you mean "77"\? \[AUDIT_NOT_FOUND\]/],
      [['--after', 'nonsense'], /"nonsense" is no cursor\..* \[AUDIT_CURSOR\]/],
      [['--since', 'yesterdy'], /Understood are dates .* Did you mean "yesterday"\? \[AUDIT_USAGE\]/],
      [['--since', '2026-02-31'], /Understood are dates/],
      [['--since', '5'], /Understood are dates/],
      [['--since', '1h', '--until', '2h'], /Nothing lies between --since .* and --until/],
      [['--limit', '0'], /whole number, 1 or greater/],
      [['--user', 'User:'], /an id, or type and id/],
      [['--with-children'], /--with-children needs <model> and <id>/],
      [['--at', 'now'], /--at needs a record/],
      [['Order', '77', '--at', 'now', '--with-children'], /--with-children means nothing beside it/],
      [['--tag', ''], /"tag" must be a text.*\[AUDIT_QUERY\]/],
    ];
    for (const [args, message] of wrong) {
      it(`exits with 2 for ${args.join(' ')}`, async () => {
        const { status, stdout, stderr } = await audit(['log', ...args, ...trail.at], trail);
        expect(stderr).to.match(message);
        expect({ status, stdout }).to.deep.equal({ status: 2, stdout: '' });
        const json = await auditJson<{ error: { code: string } }>(['log', ...args, ...trail.at], trail);
        expect(json.status).to.equal(2);
        expect(json.document.error.code).to.match(/^AUDIT_/);
      });
    }

    it('exits with 0 where a search finds nothing, and says so on stderr', async () => {
      const { status, stdout, stderr } = await audit(['log', '--event', 'creatd', ...trail.at], trail);
      expect({ status, stdout }).to.deep.equal({ status: 0, stdout: '' });
      expect(stderr).to.equal('No records. Did you mean the event "created"?\n');
    });
  });
}

describe('audit log', () => {
  let trail: Trail;
  before(async () => {
    trail = await newTrail('sqlite');
  });

  it('lets nothing of a record act on a terminal, and cuts what is long', async () => {
    const evil = 'a\u001b[31m\u0007\u009b31m\u202eb';
    const values = { [evil]: evil, long: 'x'.repeat(100_000), bytes: Buffer.alloc(5_000, 7), list: [evil] };
    await trail.store([
      change({ auditableType: 'Evil', auditableId: evil, event: evil, userId: evil, url: evil, tags: [evil],
        context: { reason: evil, [evil]: evil }, oldValues: null, newValues: values }),
      change({ auditableType: 'Evil', auditableId: evil, oldValues: { text: `${evil}\n${'y '.repeat(50_000)}` },
        newValues: { text: `${evil}!\n${'y '.repeat(50_000)}` } }),
    ]); // prettier-ignore
    for (const args of [[], ['--oneline'], ['--json'], ['--reverse'], [evil]]) {
      const env = { NO_COLOR: '1', PAGER: 'cat' };
      const { stdout } = await startOnTerminal(['log', 'Evil', ...args, ...trail.at], { ...trail, env })
        .result;
      expect(stdout.replace(/\r?\n/g, '')).not.to.match(/[\u0000-\u001f\u007f-\u009f\u202e]/);
      if (!args.includes('--json')) expect(stdout.length).to.be.below(5_000);
    }
    const { stdout } = await audit(['log', 'Evil', ...trail.at], trail);
    expect(stdout).to.contain('(100,000 characters; --json shows all)').and.contain('<5,000 bytes: 0707');
  });

  it('has all of a state in its JSON, however large', async () => {
    const names = ['a', 'b', 'c'];
    const updates = names.map((name) =>
      change({
        auditableType: 'Large',
        oldValues: { [name]: null },
        newValues: { [name]: name.repeat(900_000) },
      }),
    );
    await trail.store(updates);
    const { document } = await auditJson<{ values: Record<string, string> }>(
      ['log', 'Large', updates[0]!.auditableId!, '--at', 'now', ...trail.at],
      trail,
    );
    expect(names.map((name) => document.values[name]?.length)).to.deep.equal([900_000, 900_000, 900_000]);
  });

  it('shows texts word by word, coloured on a terminal', async () => {
    const before = 'The quick brown fox jumps over the lazy dog and runs away into the wood.';
    const [oldValues, newValues] = [{ text: before }, { text: before.replace('brown', 'red') }];
    await trail.store([change({ auditableType: 'Page', oldValues, newValues })]);
    const piped = await audit(['log', 'Page', ...trail.at], trail);
    expect(piped.stdout).to.contain('The quick [-brown-]{+red+} fox');
    const env = { PAGER: 'cat' };
    const seen = await startOnTerminal(['log', 'Page', ...trail.at], { ...trail, env }).result;
    expect(seen.stdout).to.match(/quick \S*\[9m\S*brown\S* *\S*\[32mred/);
  });

  describe('with many records', () => {
    before(async () => {
      const many = Array.from({ length: 20_000 }, (_, n) =>
        change({ auditableType: 'Many', auditableId: `${n}` }),
      );
      await trail.store(many);
    });

    it('pages on a terminal, and ends quietly when the pager does', async () => {
      const env = { AUDIT_PAGER: 'head -n 3' };
      const { status, stdout } = await startOnTerminal(['log', 'Many', ...trail.at], { ...trail, env })
        .result;
      expect(status).to.equal(0);
      expect(stdout).to.match(/updated Many 19999/);
      expect(stdout.split('\n').length).to.be.below(6);
    });

    it('prints without a pager that is not there', async () => {
      const env = { AUDIT_PAGER: 'no-such-pager' };
      const args = ['log', 'Many', '-n', '2', ...trail.at];
      const { status, stdout } = await startOnTerminal(args, { ...trail, env }).result;
      expect(status).to.equal(0);
      expect(stdout)
        .to.contain('The pager "no-such-pager" cannot be started')
        .and.contain('updated Many 19998');
    });

    it('ends quietly when the reader of its pipe has left', async () => {
      const running = start(['log', 'Many', '--oneline', ...trail.at], trail);
      running.child.stdout.once('data', () => running.child.stdout.destroy());
      const { status, stderr } = await running.result;
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    });
  });

  it('ends its JSON document where the database goes away on the way', async () => {
    const postgres = await newTrail('postgres');
    const many = Array.from({ length: 20_000 }, (_, n) => change({ auditableId: `${n}` }));
    await postgres.store(many);
    const proxy = await Proxy.to(postgres.at[1]!);
    const running = start(['log', '--json', '--url', proxy.url()], postgres);
    running.child.stdout.once('data', () => proxy.treat('refuse'));
    const { status, stdout, stderr } = await running.result;
    expect(status).to.equal(1);
    expect(stderr).to.contain('[AUDIT_DATABASE]');
    const document = JSON.parse(stdout) as Listed & { error: { code: string } };
    expect(document.error.code).to.equal('AUDIT_DATABASE');
    const args = ['log', '--json', '--after', document.next!, ...postgres.at];
    const rest = JSON.parse((await audit(args, postgres)).stdout) as Listed;
    const ids = [...document.audits, ...rest.audits].map(({ id }) => id);
    expect(ids).to.deep.equal(many.map(({ id }) => id).reverse());
    proxy.close();
    await postgres.drop();
  });

  it('makes no file where there is no trail', async () => {
    const cwd = applicationFolder();
    const { status, stderr } = await audit(['log', '--url', 'sqlite:shop.sqlite'], { cwd });
    expect(status).to.equal(1);
    expect(stderr).to.match(/There is no trail: .* Run "npx audit migrate"\. \[AUDIT_NOT_MIGRATED\]/);
    expect((await audit(['log', '--url', 'sqlite:shop.sqlite'], { cwd })).stderr).to.equal(stderr);
  });
});

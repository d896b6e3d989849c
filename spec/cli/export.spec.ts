import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { audit, auditJson, start, startOnTerminal } from './command';
import { change, newTrail } from './trails';
import type { Trail } from './trails';

const HEAD =
  'id,event,auditableType,auditableId,parentType,parentId,userType,userId,url,ipAddress,userAgent,requestId,' +
  'transactionId,tags,context,oldValues,newValues,createdAt,schemaVersion';
const MANY = 100_000;

for (const name of ['sqlite', 'postgres'] as const) {
  describe(`audit export on ${name}`, () => {
    let trail: Trail;
    const formula = change({ url: '=HYPERLINK("evil")', userAgent: '-1+1', tags: ['a', 'b'] });
    before(async () => {
      trail = await newTrail(name);
      await trail.store([formula]);
    });
    after(() => trail.drop());

    it('writes CSV with a header, JSON in its cells, and no formulas', async () => {
      const { status, stdout, stderr } = await audit(['export', '--format', 'csv', ...trail.at], trail);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
      const [head, row, ...rest] = stdout.split('\n');
      expect(head).to.equal(HEAD);
      expect(rest).to.deep.equal(['']);
      expect(row).to.match(new RegExp(`^${formula.id},updated,Product,1,`));
      expect(row).to.contain(`"'=HYPERLINK(""evil"")"`).and.contain(",'-1+1,");
      expect(row).to.contain('"[""a"",""b""]"').and.contain('"{""price"":1200}"');
      expect(row).to.match(/,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z,\d+$/);
    });

    it('writes a document a line, oldest first, of what the filters leave', async () => {
      const later = change({ auditableType: 'Order' });
      await trail.store([later]);
      const all = await audit(['export', ...trail.at], trail);
      const documents = all.stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as Record<string, unknown>);
      expect(documents.map(({ id }) => id)).to.deep.equal([formula.id, later.id]);
      expect(documents[0]).to.deep.include({ oldValues: { price: 1000 }, tags: ['a', 'b'], context: null });
      expect(Object.keys(documents[0]!).join()).to.equal(HEAD);
      const some = await audit(['export', 'Order', ...trail.at], trail);
      expect(some.stdout.trimEnd().split('\n')).to.have.lengthOf(1);
    });

    it(`writes ${MANY} records to a file, which is there when it is complete`, async function () {
      this.timeout(120_000);
      for (let from = 0; from < MANY; from += 10_000) {
        const records = Array.from({ length: 10_000 }, (_, n) =>
          change({ auditableType: 'Many', auditableId: `${from + n}` }),
        );
        await trail.store(records);
      }
      const file = path.join(trail.cwd, 'many.csv');
      fs.writeFileSync(file, 'before');
      const running = start(['export', 'Many', '--output', file, '--json', ...trail.at], trail);
      const { status, stdout } = await running.result;
      expect({ status, document: JSON.parse(stdout) as unknown }).to.deep.equal({
        status: 0,
        document: { file, format: 'csv', records: MANY },
      });
      const ids = fs
        .readFileSync(file, 'utf8')
        .split('\n')
        .slice(1, -1)
        .map((row) => row.split(',')[3]);
      expect(ids).to.deep.equal(Array.from({ length: MANY }, (_, n) => `${n}`));
    });

    it('leaves a file as it was when it is stopped', async () => {
      const file = path.join(trail.cwd, 'stopped.ndjson');
      fs.writeFileSync(file, 'before');
      const running = startOnTerminal(['export', 'Many', '--output', file, ...trail.at], trail);
      await running.says(/Exporting \S*█/);
      running.child.stdin.write('\u0003');
      const { status, stdout } = await running.result;
      expect(status).to.equal(1);
      expect(stdout).to.contain('The export was stopped.').and.contain(`Nothing was written to ${file}.`);
      expect(fs.readFileSync(file, 'utf8')).to.equal('before');
      expect(fs.readdirSync(trail.cwd).filter((each) => each.endsWith('.partial'))).to.deep.equal([]);
    });

    it('ends quietly when the reader of its pipe has left', async () => {
      const running = start(['export', 'Many', ...trail.at], trail);
      running.child.stdout.once('data', () => running.child.stdout.destroy());
      const { status, stderr } = await running.result;
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' });
    });

    const wrong: [args: string[], message: RegExp][] = [
      [['--format', 'xml'], /Allowed choices are csv, ndjson/],
      [['--json'], /--json goes with --output/],
      [['Prodct'], /Did you mean "Product"\?.*The output is incomplete|Did you mean "Product"/],
      [['--output', '/no/such/folder/file.csv'], /\/no\/such\/folder\/file\.csv cannot be written/],
      [['--output', '/'], /\/ is a directory\. Name a file in it\./],
    ];
    for (const [args, message] of wrong) {
      it(`exits with 2 for ${args.join(' ')}`, async () => {
        const { status, stderr } = await audit(['export', ...args, ...trail.at], trail);
        expect(stderr).to.match(message);
        expect(status).to.equal(2);
      });
    }

    it('says how many records a file has, and when there are none', async () => {
      const file = path.join(trail.cwd, 'none.csv');
      const args = ['export', '--user', 'nobody', '--output', file, ...trail.at];
      const { status, stdout, stderr } = await audit(args, trail);
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: 'No records.\n' });
      expect(stdout).to.equal(`Wrote 0 records to ${file}.\n`);
      expect(fs.readFileSync(file, 'utf8')).to.equal(`${HEAD}\n`);
      const json = await auditJson<{ records: number }>(args, trail);
      expect(json.document.records).to.equal(0);
    });
  });
}

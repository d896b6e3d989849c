import { expect } from 'chai';

import type { AuditQuery } from '../../../lib/storage/reading/audit-query';
import { cursorAt } from '../../../lib/storage/reading/cursor';
import type { Direction } from '../../../lib/storage/reading/cursor';
import { History } from '../../../lib/storage/reading/history';
import { BatchWriter } from '../../../lib/storage/batch-writer';
import { idAt } from '../../support/records';
import type { World } from '../../support/world';
import { createWorld, DATABASES } from '../../support/world';
import { batchOf, codeOf, labelled, labels, START, store } from './stored-records';

const ORDERS: readonly Direction[] = ['newest', 'oldest'];
const MINUTES = 60_000;
/** Of a hundred records, ten minutes apart, every tenth is of the model Rare, and the 50th has the tag. */
const HUNDRED = Array.from({ length: 100 }, (_, n) =>
  labelled(String(n), n * 10 * MINUTES, {
    auditableType: n % 10 === 0 ? 'Rare' : 'Common',
    tags: n === 50 ? ['found'] : null,
    ...(n === 0 ? { userType: 'User', userId: 'ann' } : {}),
  }),
);
const numbers = (length: number, step = 1): string[] =>
  Array.from({ length }, (_, index) => String(index * step));

/** All pages of a query, one after the other; `between` is done after each. */
async function pages(
  history: History,
  query: AuditQuery,
  between: (page: number) => Promise<void> = () => Promise.resolve(),
): Promise<{ labels: string[]; lengths: number[]; searchedTo: (Date | null)[] }> {
  const found = { labels: [] as string[], lengths: [] as number[], searchedTo: [] as (Date | null)[] };
  for (let after: string | null | undefined; after !== null;) {
    const page = await history.search({ ...query, ...(after === undefined ? {} : { after }) });
    found.labels.push(...page.audits.map(({ url }) => url!));
    found.lengths.push(page.audits.length);
    found.searchedTo.push(page.searchedTo);
    await between(found.lengths.length);
    after = page.next;
  }
  return found;
}

for (const database of DATABASES) {
  describe(`the pages of a search on ${database}`, () => {
    let world: World;

    beforeEach(async () => {
      world = await createWorld(database);
      await store(world, HUNDRED);
    });
    afterEach(() => world.dispose());

    for (const order of ORDERS) {
      const inOrder = (labels: string[]): string[] => (order === 'oldest' ? labels : [...labels].reverse());

      it(`hold each record once, the ${order} first, whatever is inserted meanwhile`, async () => {
        const insert = (page: number): Promise<void> =>
          store(world, [labelled('late', (1000 + page) * MINUTES), labelled('early', -page * MINUTES)]);
        const { labels, lengths } = await pages(world.trail.history, { order, limit: 7 }, insert);

        const own = labels.filter((label) => !['late', 'early'].includes(label));
        expect(own).to.deep.equal(inOrder(numbers(100)));
        // Those beyond the end have come into the way of the pages, those before their beginning have not.
        expect(new Set(labels).has(order === 'oldest' ? 'early' : 'late')).to.equal(false);
        expect(lengths.slice(0, 14)).to.deep.equal(Array.from({ length: 14 }, () => 7));
      });

      it(`end with the last record, the ${order} first, also where that fills a page`, async () => {
        const { lengths } = await pages(world.trail.history, { order, limit: 50 });
        expect(lengths).to.deep.equal([50, 50]);
        const ofRecord = await pages(world.trail.history, { order, limit: 4, model: 'Rare', id: '1' });
        expect(ofRecord.labels).to.deep.equal(inOrder(numbers(10, 10)));
        expect(ofRecord.lengths).to.deep.equal([4, 4, 2]);
      });

      it(`look at so many records only where no index helps, the ${order} first, and tell how far`, async () => {
        const history = new History(world.trail.database, world.trail.Audit, 20);
        const rare = await pages(history, { order, model: 'Rare', limit: 3 });
        expect(rare.labels).to.deep.equal(inOrder(numbers(10, 10)));
        expect(rare.lengths).to.deep.equal([2, 2, 2, 2, 2, 0]);
        const ends = inOrder(['19', '39', '59', '79', '99']).map((label, page) => {
          const last = order === 'oldest' ? Number(label) : 80 - 20 * page;
          return new Date(START + last * 10 * MINUTES);
        });
        expect(rare.searchedTo).to.deep.equal([...ends, null]);

        const found = await pages(history, { order, tag: 'found', limit: 1 });
        expect(found.labels).to.deep.equal(['50']);
        expect((await pages(history, { order, model: 'Rare', limit: 1 })).labels).to.deep.equal(
          inOrder(numbers(10, 10)),
        );
        expect((await pages(history, { order, event: 'none', limit: 10 })).lengths).to.have.length(6);
        // All records, and what an index leads to, need no window.
        expect((await pages(history, { order, limit: 100 })).lengths).to.deep.equal([100]);
        expect((await pages(history, { order, model: 'Common', id: '1' })).searchedTo).to.deep.equal([null, null]);
      }); // prettier-ignore

      it(`give the few records of a model at once, wherever they lie, the ${order} first`, async () => {
        const history = new History(world.trail.database, world.trail.Audit, 50);
        const found = await pages(history, { order, model: 'Rare', limit: 6 });
        expect(found.labels).to.deep.equal(inOrder(numbers(10, 10)));
        expect(found.lengths).to.deep.equal([6, 4]);
        const [first] = (
          await history.search({ order, model: 'Rare', until: new Date(START + 55 * 10 * MINUTES), limit: 1 })
        ).audits;
        expect(first?.url).to.equal(order === 'newest' ? '50' : '0');
      });

      it(`search windows within the time asked for, the ${order} first`, async () => {
        const history = new History(world.trail.database, world.trail.Audit, 20);
        const at = (n: number): Date => new Date(START + n * 10 * MINUTES);
        const { labels, lengths } = await pages(history, {
          order,
          model: 'Rare',
          since: at(35),
          until: at(80),
        });
        expect(labels).to.deep.equal(inOrder(['40', '50', '60', '70']));
        // 45 records, and those of an hour before and after.
        expect(lengths).to.have.length(3);
      });

      it(`give all by each(), the ${order} first`, async () => {
        const all: string[] = [];
        for await (const { url } of world.trail.history.each({ order })) all.push(url!);
        expect(all).to.deep.equal(inOrder(numbers(100)));
        const rest: string[] = [];
        const after = cursorAt(order, HUNDRED[50]!.id);
        for await (const { url } of world.trail.history.each({ order, model: 'Rare', after }))
          rest.push(url!);
        expect(rest).to.deep.equal(
          order === 'oldest' ? ['60', '70', '80', '90'] : ['40', '30', '20', '10', '0'],
        );
      });
    }

    it('begin and end anywhere by each(), without what an early end has not asked for', async () => {
      const more = Array.from({ length: 1200 }, (_, n) => labelled(`more ${n}`, 1000 * MINUTES + n));
      await store(world, more);
      let count = 0;
      for await (const audit of world.trail.history.each()) count += audit.url === '' ? 0 : 1;
      expect(count).to.equal(1300);
      for await (const audit of world.trail.history.each()) {
        expect(audit.url).to.equal('more 1199');
        break;
      }
    });

    it('see what a transaction has written, on its own connection', async () => {
      const own = await createWorld(database, { driver: 'sync' }, { pool: { max: 1, acquire: 5_000 } });
      await own.trail.database.sequelize.transaction(async (transaction) => {
        await new BatchWriter(own.trail.database).writeWithin(transaction, batchOf(HUNDRED.slice(0, 30)));
        const history = new History(own.trail.database, own.trail.Audit, 10);
        const everyKind: AuditQuery[] = [
          {},
          { model: 'Common' },
          { model: 'Rare' },
          { user: { id: 'ann' } },
          { event: 'created' },
        ];
        for (const query of everyKind) {
          const found = await pages(history, { ...query, order: 'oldest', transaction });
          const expected = numbers(30).filter(
            (n) => !query.model || HUNDRED[Number(n)]!.auditableType === query.model,
          );
          expect(found.labels, JSON.stringify(query)).to.deep.equal(query.user ? ['0'] : expected);
        }
      });
      await own.dispose();
    });

    it('refuse what is no cursor, or one of the other order', async () => {
      const { history } = world.trail;
      const { next } = await history.search({ limit: 1 });
      const rubbish: unknown[] = [
        '', 'x', '__proto__', 'constructor', 'newest', `newest:${HUNDRED[0]!.id}`, HUNDRED[0]!.id, `${next!}x`, next!.slice(1), 7, null, {}, [],
        Object.create(null), Buffer.from(`up:${HUNDRED[0]!.id}`).toString('base64url'), Buffer.from("newest:' OR 1=1").toString('base64url'),
        'x'.repeat(1_000_000),
      ]; // prettier-ignore
      for (const after of rubbish) {
        expect(await codeOf(history.search({ after } as AuditQuery)), String(typeof after)).to.equal(
          'AUDIT_CURSOR',
        );
      }
      expect(await codeOf(history.search({ after: next!, order: 'oldest' }))).to.equal('AUDIT_CURSOR');
      expect(await codeOf(history.each({ after: 'x' }).next())).to.equal('AUDIT_CURSOR');
      expect(labels((await history.search({ after: next!, limit: 2 })).audits)).to.equal('98 97');
      const beyond = cursorAt('newest', idAt(START - 1000));
      expect(await history.search({ after: beyond })).to.deep.equal({
        audits: [],
        next: null,
        searchedTo: null,
      });
    });

    it('keep the records of one millisecond in the order in which they were made', async () => {
      await store(
        world,
        Array.from({ length: 30 }, (_, n) => labelled(`same ${n}`, 500 * MINUTES, { event: 'same' })),
      );
      const { labels } = await pages(world.trail.history, { event: 'same', limit: 7, order: 'oldest' });
      expect(labels).to.deep.equal(numbers(30).map((n) => `same ${n}`));
    });
  });
}

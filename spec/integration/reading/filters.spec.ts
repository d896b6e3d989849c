import { expect } from 'chai';

import type { AuditFilter } from '../../../lib/storage/reading/audit-query';
import type { World } from '../../support/world';
import { createWorld, DATABASES } from '../../support/world';
import { codeOf, labelled, labels, START, store } from './stored-records';

const ODD = ["it's", '"quoted"', 'back\\slash', 'a.b[0]', '$1 :name ?', '$', 'ünïcödé 😀', '__proto__', '%_', ' blank ', 'tab\tnew\nline', '*', ''] as const; // prettier-ignore

for (const database of DATABASES) {
  describe(`the filters of a search on ${database}`, () => {
    let world: World;

    before(async () => {
      world = await createWorld(database);
      const order = { auditableType: 'Order', auditableId: '7' };
      const line = { auditableType: 'Line', parentType: 'Order', parentId: '7', auditableId: '70' };
      const ann = { userType: 'User', userId: '42' };
      await store(world, [
        labelled('a', 0, { ...order, ...ann, tags: ['shop', 'import'], newValues: { price: 1, note: null } }),
        labelled('b', 1000, { ...line, ...ann, requestId: 'r1', transactionId: 't1' }),
        labelled('c', 1000.001, { ...order, event: 'updated', oldValues: { price: 1 }, newValues: { price: 2 } }),
        labelled('d', 1999.999, { ...order, event: 'updated', requestId: 'r1', oldValues: { note: 1 }, newValues: { note: 2 } }),
        labelled('e', 2000, { ...order, event: 'exported', userType: 'Admin', userId: '42', tags: ['shop'] }),
        labelled('f', 2000.001, { auditableType: 'order', auditableId: '7', userType: 'Robot', userId: '1' }),
        labelled('g', 3000, { ...order, auditableId: '8', transactionId: 't1', newValues: { deep: { price: 1 } } }),
        labelled('h', 4000, { ...line, event: 'deleted', oldValues: { price: 3 }, tags: ['shopping'] }),
        labelled('i', 5000, { auditableType: null, auditableId: null, event: 'logged in', newValues: { $audit: 'mine', price: 1 } }),
      ]); // prettier-ignore
    });
    after(() => world.dispose());

    const search = async (filter: AuditFilter): Promise<string> =>
      labels((await world.trail.history.search({ ...filter, order: 'oldest' })).audits);
    const at = (after: number): Date => new Date(START + after);

    it('find by each alone', async () => {
      expect(await search({})).to.equal('a b c d e f g h i');
      expect(await search({ model: 'Order' })).to.equal('a c d e g');
      expect(await search({ model: 'Order', id: '7' })).to.equal('a c d e');
      expect(await search({ model: 'Order', id: ['8', '7', 'none'] })).to.equal('a c d e g');
      expect(await search({ model: 'Order', id: [] })).to.equal('');
      expect(await search({ model: 'Order', id: '7', withChildren: true })).to.equal('a b c d e h');
      expect(await search({ model: 'Order', id: '7', withChildren: false })).to.equal('a c d e');
      expect(await search({ user: { type: 'User', id: 42 } })).to.equal('a b');
      expect(await search({ user: { id: 42n } })).to.equal('a b e');
      expect(await search({ user: { id: 'nobody' } })).to.equal('');
      expect(await search({ event: 'updated' })).to.equal('c d');
      expect(await search({ event: ['updated', 'logged in'] })).to.equal('c d i');
      expect(await search({ tag: 'shop' })).to.equal('a e');
      expect(await search({ tag: 'SHOP' })).to.equal('');
      expect(await search({ requestId: 'r1' })).to.equal('b d');
      expect(await search({ transactionId: 't1' })).to.equal('b g');
      expect(await search({ model: 'Unknown' })).to.equal('');
    });

    it('find by an attribute: written, old or new, null or not, and where nobody can tell', async () => {
      expect(await search({ attribute: 'price' })).to.equal('a c h i');
      expect(await search({ attribute: 'note' })).to.equal('a d i');
      expect(await search({ attribute: 'deep' })).to.equal('g i');
    });

    it('find by time, to the microsecond: since includes, until excludes', async () => {
      expect(await search({ since: at(1000) })).to.equal('b c d e f g h i');
      expect(await search({ since: at(1001) })).to.equal('d e f g h i');
      expect(await search({ until: at(1000) })).to.equal('a');
      expect(await search({ until: at(2000) })).to.equal('a b c d');
      expect(await search({ since: at(2000), until: at(2001) })).to.equal('e f');
      expect(await search({ since: at(2000), until: at(2000) })).to.equal('');
      expect(await search({ since: '2026-03-29T00:00:00Z', until: '2026-03-29T02:00:01+02:00' })).to.equal(
        'e f',
      );
      expect(await search({ since: '2026-03-29' })).to.equal('e f g h i');
      expect(await search({ until: START + 1 })).to.equal('a');
      expect(await search({ since: '1000-01-01', until: '9999-12-31' })).to.equal('a b c d e f g h i');
    });

    it('hold all that is given', async () => {
      const order = { model: 'Order', id: '7' };
      expect(await search({ ...order, event: 'updated' })).to.equal('c d');
      expect(await search({ ...order, attribute: 'price' })).to.equal('a c');
      expect(await search({ ...order, withChildren: true, event: ['created', 'deleted'] })).to.equal('a b h');
      expect(await search({ ...order, withChildren: true, user: { id: 42 }, until: at(2000) })).to.equal(
        'a b',
      );
      expect(await search({ model: 'Order', user: { id: '42' }, tag: 'shop' })).to.equal('a e');
      expect(await search({ requestId: 'r1', model: 'Line' })).to.equal('b');
      expect(await search({ requestId: 'r1', transactionId: 't1' })).to.equal('b');
      expect(await search({ tag: 'shop', since: at(1), event: 'exported' })).to.equal('e');
      const events = ['created', 'updated', 'exported'];
      expect(await search({ event: events, since: at(1001), until: at(2000) })).to.equal('d');
      expect(await search({ event: events, since: at(2000), until: at(2001) })).to.equal('e f');
      expect(await search({ transactionId: 't1', since: at(1000), until: at(1001) })).to.equal('b');
      expect(
        await search({
          ...order, withChildren: true, user: { type: 'User', id: 42 }, event: ['created'], since: at(0), until: at(1001),
          tag: 'import', attribute: 'note',
        }),
      ).to.equal('a'); // prettier-ignore
    });

    it('go by what a record says after its values were folded or cut', async () => {
      let deep: unknown = 1;
      for (let depth = 0; depth < 60; depth++) deep = { deep };
      await store(world, [
        labelled('deep', 6000, { event: 'folded', tags: ['x'.repeat(300)], newValues: { deep } }),
      ]);
      expect(await search({ event: 'folded', attribute: 'deep' })).to.equal('deep');
      expect(await search({ tag: 'x'.repeat(300) })).to.equal('deep');
    });

    it('take every text for what it is', async () => {
      for (const [index, text] of ODD.entries()) {
        if (text === '') continue;
        await store(world, [
          labelled(`odd${index}`, 60_000 + index, {
            event: text, auditableType: text, auditableId: text, parentType: `of ${text}`, parentId: text, userType: text, userId: text,
            requestId: text, transactionId: text, tags: ['other', text], newValues: Object.fromEntries([[text, 1]]),
          }),
        ]); // prettier-ignore
      }
      const since = at(60_000);
      for (const [index, text] of ODD.entries()) {
        const filters: AuditFilter[] = [
          { model: text }, { model: text, id: text }, { model: `of ${text}`, id: [text, 'none'], withChildren: true },
          { event: text }, { event: ['none', text] }, { user: { id: text } }, { user: { id: text, type: text } },
          { requestId: text }, { transactionId: text }, { tag: text }, { attribute: text },
        ]; // prettier-ignore
        for (const filter of filters) {
          const found = search({ ...filter, since }).catch(
            (error: unknown) => (error as { code: string }).code,
          );
          expect(await found, JSON.stringify(filter)).to.equal(text === '' ? 'AUDIT_QUERY' : `odd${index}`);
        }
      }
    });

    it('find nothing by a very long text, and fail by none', async () => {
      const long = 'é'.repeat(100_000);
      for (const filter of [{ model: long }, { event: long }, { tag: long }, { requestId: long }, { attribute: long, model: 'Order' }])
        expect(await search(filter), Object.keys(filter)[0]).to.equal(''); // prettier-ignore
      expect(await search({ model: 'Order', id: Array.from({ length: 5000 }, (_, n) => `${n}`) })).to.equal(
        'a c d e g',
      );
    });

    it('refuse what cannot be meant, with a code and what to do', async () => {
      const wrong: unknown[] = [
        { model: 1 }, { model: '' }, { model: null }, { model: [''] }, { id: '7' }, { model: 'Order', id: 7 }, { model: 'Order', id: [7] },
        { model: 'a\0b' }, { tag: '\ud800' }, { model: 'Order', id: ['\0'] }, { event: [''] }, { event: {} }, { attribute: 'a\0' },
        { user: 42 }, { user: 'x' }, { user: {} }, { user: null }, { user: { id: 'a\0' } }, { user: { id: 1, type: 2 } }, { user: { id: {} } }, { user: { id: 1, typ: 'x' } }, { transaction: 'x' },
        { withChildren: true, model: 'Order' }, { withChildren: 'true', model: 'Order', id: '7' },
        { since: 'yesterday' }, { since: 'order 5' }, { since: '2026-02-31' }, { until: new Date(NaN) }, { until: Date.now() * 1000 }, { since: {} }, { since: null },
        { order: 'up' }, { order: '__proto__' }, { limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { limit: '10' }, { include: 'users' }, { include: true },
      ]; // prettier-ignore
      for (const query of wrong) {
        expect(await codeOf(world.trail.history.search(query as object)), JSON.stringify(query)).to.equal(
          'AUDIT_QUERY',
        );
      }
      for (const query of [
        { modle: 'x' },
        { offset: 1 },
        JSON.parse('{ "__proto__": 1 }'),
        { constructor: 1 },
      ]) {
        expect(await codeOf(world.trail.history.search(query as object))).to.equal('AUDIT_OPTION');
      }
      const error = await world.trail.history
        .search({ modle: 'x' } as object)
        .catch((reason: Error) => reason.message);
      expect(error).to.contain('Did you mean "model"?');
    });
  });

  describe(`one record, and all models, on ${database}`, () => {
    it('are found', async () => {
      const world = await createWorld(database);
      const { history } = world.trail;
      expect(await history.models()).to.deep.equal([]);
      const record = labelled('a', 0, { auditableType: 'Zebra' });
      const types = ['b', 'B', 'Ärger', "it's", 'back\\slash', ':last', null];
      await store(world, [record, ...types.map((auditableType, n) => labelled('t', n, { auditableType }))]);
      expect((await history.find(record.id))?.url).to.equal('a');
      expect((await history.find(record.id.toUpperCase()))?.url).to.equal('a');
      for (const id of ['', 'x', '__proto__', `${record.id} `, '00000000-0000-0000-0000-000000000000', null, 5, {}, [record.id, record.id]]) {
        expect(await history.find(id as string), JSON.stringify(id)).to.equal(null);
      }
      expect(await codeOf(history.find(record.id, { include: 'users' } as object))).to.equal('AUDIT_QUERY');
      expect((await history.models()).sort()).to.deep.equal([...types.filter((type) => type !== null), 'Zebra'].sort());
      await world.dispose();
    }); // prettier-ignore
  });
}

import { expect } from 'chai';

import { chipsOf } from '../../../viewer/address/chips';
import { filtersOf, NO_FILTERS, queryOf } from '../../../viewer/address/filters';
import { goTo } from '../../../viewer/address/go-to';
import {
  idPath,
  pageOf,
  recordPath,
  timesAround,
  transactionPath,
  userPath,
} from '../../../viewer/address/page';
import { statePath, viewOf, viewQuery } from '../../../viewer/address/record-view';

describe('the addresses of the viewer', () => {
  describe('pages', () => {
    it('are told from their path', () => {
      expect(pageOf('/')).to.deep.equal({ name: 'search' });
      expect(pageOf('')).to.deep.equal({ name: 'search' });
      expect(pageOf('/record/Product/42')).to.deep.equal({ name: 'record', model: 'Product', id: '42' });
      expect(pageOf('/user/User/7')).to.deep.equal({ name: 'user', type: 'User', id: '7' });
      expect(pageOf('/request/r-1')).to.deep.equal({ name: 'request', id: 'r-1' });
      expect(pageOf('/live')).to.deep.equal({ name: 'live' });
      for (const path of ['/nope', '/record/Product', '/record/a/b/c', '/audit/', '/live/x']) {
        expect(pageOf(path), path).to.deep.equal({ name: 'unknown' });
      }
    });

    it('come back from the path that leads to them, whatever the key', () => {
      const keys = ['42', 'a/b', '50%2F', '?x=1#y', '<img src=x>', '{"a":"1","b":"2"}', 'ä €', ' ', '%'];
      for (const id of keys) {
        expect(pageOf(recordPath('A/B', id)), id).to.deep.equal({ name: 'record', model: 'A/B', id });
        expect(pageOf(userPath('User', id)), id).to.deep.equal({ name: 'user', type: 'User', id });
        expect(pageOf(idPath('transaction', id)), id).to.deep.equal({ name: 'transaction', id });
      }
    });

    it('of keys that no path can hold are a search', () => {
      expect(recordPath('Product', '..')).to.equal('/?model=Product&id=..');
      expect(userPath(null, '17')).to.equal('/?userId=17');
      expect(userPath('', '17')).to.equal('/?userType=&userId=17');
      expect(idPath('request', '.')).to.equal('/?request=.');
    });

    it('of a transaction tell when it was, so that only records around it are looked at', () => {
      const path = transactionPath('t/1', '2026-03-01T10:00:00.123456Z');
      const [pathname = '', query = ''] = path.split('?');
      expect(pageOf(pathname)).to.deep.equal({ name: 'transaction', id: 't/1' });
      expect(timesAround(query)).to.deep.equal({
        since: '2026-03-01T09:00:00.123Z',
        until: '2026-03-01T11:00:00.123Z',
      });
      expect(timesAround('around=soon')).to.equal(undefined);
      expect(timesAround('')).to.equal(undefined);
    });

    it('hold half a character as the sign for one that is lost', () => {
      expect(recordPath('Product', 'a\ud800b')).to.equal('/record/Product/a%EF%BF%BDb');
    });
  });

  describe('filters', () => {
    it('survive the way through the query string', () => {
      const filters = {
        ...NO_FILTERS,
        model: 'Product',
        id: 'a&b=c#d',
        withChildren: true,
        events: ['created', 'exported & sent'],
        since: '2026-05-01T00:00:00.000Z',
        order: 'oldest' as const,
      };
      expect(filtersOf(queryOf(filters))).to.deep.equal(filters);
    });

    it('say nothing where there are none, and take nothing they do not know', () => {
      expect(queryOf(NO_FILTERS)).to.equal('');
      expect(queryOf(NO_FILTERS, 'c1')).to.equal('after=c1');
      expect(filtersOf('?order=upwards&event=&event=a&event=a&withChildren=yes&__proto__=x')).to.deep.equal({
        ...NO_FILTERS,
        events: ['a'],
      });
    });

    it('are taken away one by one; an id goes with its model', () => {
      const filters = { ...NO_FILTERS, model: 'Product', id: '42', withChildren: true, events: ['a', 'b'] };
      const chips = chipsOf(filters);
      expect(chips.map(({ label, value }) => `${label} ${value}`)).to.deep.equal([
        'Model Product',
        'Record id 42',
        'Event a',
        'Event b',
        'Children included',
      ]);
      expect(chips[0]?.without).to.deep.equal({ ...NO_FILTERS, events: ['a', 'b'] });
      expect(chips[2]?.without.events).to.deep.equal(['b']);
      expect(chipsOf(NO_FILTERS)).to.deep.equal([]);
    });
  });

  it('lead from a quick entry to a record, a model or an audit', () => {
    const models = ['Product', 'OrderLine'];
    expect(goTo('Product 42', models)).to.equal('/record/Product/42');
    expect(goTo('  product:42 ', models)).to.equal('/record/Product/42');
    expect(goTo('orderline {"a":"1", "b":"2"}', models)).to.equal(
      '/record/OrderLine/%7B%22a%22%3A%221%22%2C%20%22b%22%3A%222%22%7D',
    );
    expect(goTo('product', models)).to.equal('/?model=Product');
    expect(goTo('Nothing', models)).to.equal('/?model=Nothing');
    expect(goTo('01a18941-9a27-7002-8a5b-0f1cdc001e39', models)).to.equal(
      '/audit/01a18941-9a27-7002-8a5b-0f1cdc001e39',
    );
    expect(goTo(' ', models)).to.equal(null);
  });

  it('of a record keep the state and the comparison that are shown', () => {
    const at = { kind: 'at', iso: '2026-05-03T12:00:00.000Z' } as const;
    const audit = { kind: 'audit', id: '01a1' } as const;
    const view = { attribute: 'price', withChildren: true, moment: at, compare: null };
    expect(viewOf(viewQuery(view))).to.deep.equal(view);
    expect(viewOf('?audit=01a1').moment).to.deep.equal(audit);
    expect(viewOf('?from=01a1').compare).to.deep.equal({ from: audit, to: { kind: 'now' } });
    expect(viewQuery(viewOf(''))).to.equal('');
    expect(statePath('A', '1', audit, 'unused')).to.equal('api/state?model=A&id=1&audit=01a1');
    expect(statePath('A', '1', { kind: 'now' }, '2026-05-03T12:00:00Z')).to.equal(
      'api/state?model=A&id=1&at=2026-05-03T12%3A00%3A00Z',
    );
  });
});

import { expect } from 'chai';
import { DataTypes } from 'sequelize';

import { recordAudit, withAudit } from '../../lib';
import type { AuditsJson } from '../../lib/viewer/audit-page';
import type { Me } from '../../lib/viewer/endpoints/me';
import type { StateJson } from '../../lib/viewer/endpoints/state';
import type { AuditJson } from '../../lib/viewer/shown-record';
import { ask, read, refusal } from '../support/web/viewer-client';
import { HOSTILE, openViewerShop } from '../support/web/viewer-shop';
import type { ViewerShop } from '../support/web/viewer-shop';
import { DATABASES } from '../support/world';

const search = (shop: ViewerShop, query: string): Promise<AuditsJson> =>
  read<AuditsJson>(shop.app, `/api/audits?${query}`);
const told = ({ audits }: AuditsJson): string[] =>
  audits.map(({ auditableType, event }) => `${auditableType} ${event}`);

for (const database of DATABASES) {
  describe(`what the viewer reads on ${database}`, () => {
    let shop: ViewerShop;
    before(async () => {
      shop = await openViewerShop(database);
    });
    after(() => shop?.close());

    it('tells who one is, and what the trail knows', async () => {
      const me = await read<Me>(shop.app, '/api/me');
      expect(me).to.include({ allowRevert: false, retentionDays: 90, maySeeStatus: true });
      expect(me.models).to.deep.equal(['Customer', 'Line', 'Order']);
      expect(me.canRevertModels).to.deep.equal([]);
      expect(me.version).to.match(/^\d+\.\d+\.\d+/);
      expect(me.database).to.equal(shop.world.trail.database.describe());
    });

    it('finds records by each filter, alone and together', async () => {
      expect(told(await search(shop, ''))).to.have.length(7);
      expect(told(await search(shop, 'model=Order&event=updated'))).to.have.length(3);
      expect(told(await search(shop, 'event=created&event=updated'))).to.have.length(7);
      expect(told(await search(shop, 'model=Order&id=1'))).to.have.length(4);
      expect(told(await search(shop, 'model=Order&id=1&withChildren=1')))
        .to.include('Line created')
        .with.length(5);
      expect(told(await search(shop, 'userId=42'))).to.have.length(7);
      expect(told(await search(shop, 'userType=Robot&userId=42'))).to.have.length(0);
      expect(told(await search(shop, 'request=r1&order=oldest&limit=1'))).to.deep.equal(['Customer created']);
      expect(told(await search(shop, 'tag=web&attribute=phone'))).to.deep.equal([
        'Customer updated',
        'Customer created',
      ]);
      expect(told(await search(shop, 'since=2030-01-01'))).to.have.length(0);
      expect(told(await search(shop, 'until=2030-01-01T00:00:00Z&transaction='))).to.have.length(7);
    });

    it('goes on where a page ends, and neither repeats nor leaves out', async () => {
      for (const order of ['newest', 'oldest']) {
        const all = (await search(shop, `order=${order}`)).audits.map(({ id }) => id);
        const paged: string[] = [];
        for (let after: string | null = ''; after !== null;) {
          const page: AuditsJson = await search(shop, `order=${order}&limit=2&after=${after}`);
          paged.push(...page.audits.map(({ id }) => id));
          after = page.next;
        }
        expect(paged).to.deep.equal(all);
      }
    });

    it('gives a record whole, with its differences and the name of its user', async () => {
      const { audits } = await search(shop, 'model=Order&id=1&order=oldest');
      const [, priced] = audits;
      const audit = await read<AuditJson>(shop.app, `/api/audits/${priced!.id}`);
      expect(audit).to.deep.equal(priced);
      expect(audit).to.deep.include({
        event: 'updated',
        auditableType: 'Order',
        auditableId: '1',
        userType: 'User',
        userId: '42',
        userName: 'Ada',
        requestId: 'r1',
        tags: ['web'],
        context: { reason: 'new' },
        canRevert: false,
      });
      expect(audit.createdAt).to.match(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      const changes = audit.diff.filter(({ path }) => path[0] !== 'updatedAt');
      expect(changes).to.have.deep.members([
        { path: ['price'], kind: 'changed', before: 1, after: 2 },
        { path: ['details', 'lines', 1], kind: 'changed', before: 2, after: 3 },
      ]);
    });

    it('puts together what a record was like', async () => {
      const { audits } = await search(shop, 'model=Order&id=1&order=oldest');
      const state = await read<StateJson>(shop.app, `/api/state?model=Order&id=1&audit=${audits[1]!.id}`);
      expect(state).to.include({
        model: 'Order',
        id: '1',
        exists: true,
        complete: true,
        audit: audits[1]!.id,
      });
      expect(state.values).to.deep.include({ state: 'open', price: 2, note: HOSTILE });
      const now = encodeURIComponent(new Date(Date.now() + 60_000).toISOString());
      const last = await read<StateJson>(shop.app, `/api/state?model=Order&id=1&at=${now}`);
      expect(last.values).to.deep.include({ state: 'paid', note: 'secret' });
      const before = await read<StateJson>(shop.app, '/api/state?model=Order&id=1&at=2001-01-01');
      expect(before).to.include({ exists: false, values: null, audit: null });
    });

    it('tells the state of the trail', async () => {
      const { now, status } = await read<{ now: string; status: { stored: object; driver: string } }>(
        shop.app,
        '/api/status',
      );
      expect(new Date(now).getTime()).to.be.above(0);
      expect(status.driver).to.equal('embedded');
      expect(status.stored).to.include({ records: 7, exact: true });
    });

    it('answers what it cannot mean with the reason, and the nearest name', async () => {
      const { id } = (await search(shop, 'model=Customer&limit=1')).audits[0]!;
      const cases: [path: string, status: number, code: string, message: RegExp][] = [
        ['audits?model=Ordr', 404, 'AUDIT_NOT_FOUND', /Did you mean "Order"\?/],
        ['audits?model=Order&id=99', 404, 'AUDIT_NOT_FOUND', /no record of Order "99"/],
        ['audits?modl=Order', 400, 'AUDIT_QUERY', /Did you mean "model"\?/],
        ['audits?id=1', 400, 'AUDIT_QUERY', /"model"/],
        ['audits?userType=User', 400, 'AUDIT_QUERY', /userId/],
        ['audits?since=yesterday', 400, 'AUDIT_QUERY', /"since" must be a date/],
        ['audits?until=2026-02-31T99:00', 400, 'AUDIT_QUERY', /"until" must be a date/],
        ['state?model=Order&id=1&at=2026-02-31', 400, 'AUDIT_QUERY', /"at" must be a date/],
        ['audits?limit=201', 400, 'AUDIT_QUERY', /1 to 200/],
        ['audits?limit=1e2', 400, 'AUDIT_QUERY', /1 to 200/],
        ['audits?order=newst', 400, 'AUDIT_QUERY', /Did you mean "newest"\?/],
        ['audits?tag=a&tag=b', 400, 'AUDIT_QUERY', /too often/],
        ['audits?after=bogus', 400, 'AUDIT_CURSOR', /no cursor/],
        [`audits?userId=${'7'.repeat(2000)}`, 400, 'AUDIT_QUERY', /up to 1024/],
        ['audits?userId=%00', 400, 'AUDIT_QUERY', /userId/],
        ['audits/01890000-0000-7000-8000-000000000000', 404, 'AUDIT_NOT_FOUND', /no audit/],
        ['audits/x%00y', 404, 'AUDIT_NOT_FOUND', /no audit/],
        ['state?model=Order&id=1', 400, 'AUDIT_QUERY', /"at" and "audit"/],
        ['state?model=Order&at=2026-01-01', 400, 'AUDIT_QUERY', /"id" is missing/],
        ['state?model=Ordr&id=1&at=2026-01-01', 404, 'AUDIT_NOT_FOUND', /Did you mean "Order"\?/],
        ['state?model=Order&id=99&at=2026-01-01', 404, 'AUDIT_NOT_FOUND', /no record of Order "99"/],
        [`state?model=Order&id=1&audit=${id}`, 404, 'AUDIT_NOT_FOUND', /has no audit/],
        ['rescue?after=bogus', 400, 'AUDIT_CURSOR', /no cursor/],
        ['me?x=1', 400, 'AUDIT_QUERY', /no parameter "x"/],
      ];
      for (const [path, status, code, message] of cases) {
        const refused = await refusal(shop.app, `/api/${path}`);
        expect([path, refused.status, refused.code]).to.deep.equal([path, status, code]);
        expect(refused.message).to.match(message);
      }
      expect(shop.troubles()).to.deep.equal([]);
    });

    it('leaves the strangest requests without a failure', async () => {
      const strange = [
        "' OR 1=1 --", '%', '\\', '{"a":1}', '𝒳😀', '../../etc/passwd', '-1', '1e309', 'null', '__proto__',
        'constructor', 'toString', '$audit', 'ß'.repeat(500), '9'.repeat(300), '\ufffd', '\u202e', ' ', '*', '_%',
      ]; // prettier-ignore
      const names = [
        'model',
        'id',
        'userType',
        'userId',
        'event',
        'since',
        'tag',
        'request',
        'attribute',
        'after',
        'limit',
      ];
      for (const value of strange.map(encodeURIComponent)) {
        const paths = [
          ...names.map((name) => `/api/audits?${name}=${value}`),
          `/api/audits?model=Order&id=${value}`,
          `/api/audits?model=Order&attribute=${value}`,
          `/api/audits?userType=${value}&userId=${value}`,
          `/api/audits/${value}`,
          `/api/state?model=${value}&id=${value}&at=2026-01-01`,
          `/api/${value}`,
          `/${value}`,
        ];
        for (const path of paths) expect((await ask(shop.app, path)).status, path).to.be.below(500);
      }
      for (const path of [
        '/%',
        '/api/audits/%E0%A4%A',
        '//',
        '//evil.example/',
        '/api//me',
        '/..%2f..%2fpackage.json',
        '*',
      ])
        expect((await ask(shop.app, path)).status, path).to.be.oneOf([400, 404]);
      expect(shop.troubles()).to.deep.equal([]);
    });
  });
}

describe('what the viewer reads', () => {
  it('keeps values in the form they are stored in, whatever they are', async () => {
    const shop = await openViewerShop('sqlite');
    const { sequelize } = shop.world;
    const Blob = withAudit(sequelize.define('Blob', { bytes: DataTypes.BLOB, big: DataTypes.BIGINT }));
    await sequelize.sync();
    await Blob.create({ bytes: Buffer.from([0, 255]), big: '9007199254740993' });
    const odd = {
      not: Number.NaN,
      map: new Map([['k', 1n]]),
      long: 'x'.repeat(2 ** 20 + 1),
      nul: 'a\0b',
      list: [{ a: [1] }],
    };
    await recordAudit({
      event: 'odd',
      target: { type: 'Blob', id: 1 },
      oldValues: { list: [{ a: [2] }] },
      newValues: odd,
      sequelize: shop.world.sequelize,
    });
    await shop.world.stored();

    const { audits } = await search(shop, 'model=Blob&order=oldest');
    const [created, event] = audits;
    expect(created!.newValues).to.deep.include({
      bytes: { $audit: 'buffer', value: 'AP8=' },
      big: '9007199254740993',
    });
    expect(created!.diff).to.deep.include({
      path: ['bytes'],
      kind: 'added',
      after: { $audit: 'buffer', value: 'AP8=' },
    });
    const values = event!.newValues as Record<string, { $audit: string }>;
    expect(values.not).to.deep.equal({ $audit: 'number', value: 'NaN' });
    expect(values.map).to.deep.equal({ $audit: 'map', value: [['k', { $audit: 'bigint', value: '1' }]] });
    expect(values.long).to.deep.include({ $audit: 'cut', length: 2 ** 20 + 1 });
    expect(event!.diff).to.deep.include({ path: ['list', 0, 'a', 0], kind: 'changed', before: 2, after: 1 });
    expect(event!.diff).to.deep.include({
      path: ['not'],
      kind: 'added',
      after: { $audit: 'number', value: 'NaN' },
    });
    const state = await read<StateJson>(shop.app, '/api/state?model=Blob&id=1&at=2100-01-01');
    expect(state.values).to.deep.include({ bytes: { $audit: 'buffer', value: 'AP8=' } });
    await shop.close();
  });

  it('ends a page sooner that would be very large, and goes on', async () => {
    const shop = await openViewerShop('sqlite');
    for (let i = 0; i < 12; i++)
      await recordAudit({
        event: 'large',
        target: { type: 'Log', id: i },
        newValues: { text: 'x'.repeat(1_000_000) },
        sequelize: shop.world.sequelize,
      });
    await shop.world.stored();

    const first = await search(shop, 'model=Log&limit=200');
    const rest = await search(shop, `model=Log&limit=200&after=${first.next}`);
    expect(first.audits.length).to.be.below(12).and.above(0);
    expect(first.audits.length + rest.audits.length).to.equal(12);
    expect(rest.next).to.equal(null);
    await shop.close();
  });

  it('calls users what describeUser says, and goes without where it cannot', async () => {
    const shop = await openViewerShop('sqlite');
    const named = await shop.serve({ describeUser: (user) => (user as { email: string }).email });
    const { audits } = await read<AuditsJson>(named, '/api/audits?limit=1');
    expect(audits[0]!.userName).to.equal('ada@example.com');
    const failing = await shop.serve({
      describeUser: () => {
        throw new Error('no name');
      },
    });
    const unnamed = await read<AuditsJson>(failing, '/api/audits?limit=1');
    expect(unnamed.audits[0]!.userName).to.equal(null);
    expect(shop.troubles().join()).to.contain('no name');
    await shop.close();
  });
});

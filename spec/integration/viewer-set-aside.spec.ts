import fs from 'node:fs';
import path from 'node:path';

import { expect } from 'chai';

import { LaneWriter } from '../../lib/buffer/journal/lane-writer';
import type { SetAsidesJson } from '../../lib/viewer/endpoints/set-aside';
import { DiskStore } from '../../lib/worker/disk-store';
import { Batch } from '../../lib/record/batch';
import { aRecord } from '../unit/helpers/records';
import { encodeLine } from '../../lib/record/wire';
import { read, refusal } from '../support/web/viewer-client';
import { openViewerShop } from '../support/web/viewer-shop';
import type { ViewerShop } from '../support/web/viewer-shop';

const line = (own: Parameters<typeof aRecord>[0]): string => encodeLine(aRecord(own));

describe('what the viewer shows of records that are set aside', () => {
  let shop: ViewerShop;
  beforeEach(async () => {
    // The worker of the shop would store what is rescued.
    shop = await openViewerShop('sqlite', { recoverSchedule: '0 0 1 1 *' });
  });
  afterEach(() => shop?.close());

  const page = (kind: 'rescue' | 'buried', after = ''): Promise<SetAsidesJson> =>
    read(shop.app, `/api/${kind}?after=${after}`);

  it('is nothing where nothing is', async () => {
    expect(await page('rescue')).to.deep.equal({ records: [], next: null });
    expect(await page('buried')).to.deep.equal({ records: [], next: null });
  });

  it('is all of them, page by page, and changes nothing', async () => {
    const directory = path.join(shop.world.dir, 'rescue');
    const lines = Array.from({ length: 130 }, (_, i) => line({ auditableId: String(i) }));
    for (const from of [0, 60, 120]) {
      const writer = new LaneWriter(directory, { fsync: 'never' });
      for (const each of lines.slice(from, from + 60)) writer.append([each]);
      writer.close();
    }
    const before = fs.readdirSync(directory, { recursive: true });
    const found: string[] = [];
    const sizes: number[] = [];
    for (let after: string | null = ''; after !== null;) {
      const { records, next }: SetAsidesJson = await page('rescue', after);
      found.push(...records.map(({ id }) => id));
      sizes.push(records.length);
      after = next;
    }
    expect(sizes).to.deep.equal([50, 50, 30]);
    expect(found.sort()).to.deep.equal(lines.map((each) => each.slice(0, 36)).sort());
    expect(fs.readdirSync(directory, { recursive: true })).to.deep.equal(before);
  });

  it('begins a lane anew whose last shown record has been stored meanwhile', async () => {
    const directory = path.join(shop.world.dir, 'rescue');
    const writer = new LaneWriter(directory, { fsync: 'never' });
    for (let i = 0; i < 60; i++) writer.append([line({ auditableId: String(i) })]);
    writer.close();
    const { next } = await page('rescue');
    const [lane] = fs.readdirSync(directory);
    const gone = Buffer.from(`${lane}:01890000-0000-7000-8000-000000000000`).toString('base64url');
    expect((await page('rescue', gone)).records).to.have.length(50);
    expect((await page('rescue', next!)).records).to.have.length(10);
  });

  it('tells of a buried record why, without passwords, and of one that cannot be read what is known', async () => {
    const store = new DiskStore(path.join(shop.world.dir, 'buried'));
    const own = line({ auditableType: 'Order', auditableId: '7', newValues: { note: '<b>' } });
    store.put(Batch.fromLines([own]), new Error('refused by postgres://app:pw@db/shop'));
    store.put(new Batch(Buffer.from('some-id\tof a newer release\n'), 1, 99), new Error('unknown version'));
    store.endLane();
    const { records } = await page('buried');
    const order = records.find(({ auditableId }) => auditableId === '7');
    expect(order).to.deep.include({ auditableType: 'Order', newValues: { note: '<b>' }, canRevert: false });
    expect(order?.reason).to.equal('refused by postgres://app:***@db/shop');
    expect(new Date(order?.buriedAt ?? '').getTime()).to.be.above(0);
    expect(order?.createdAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const newer = records.find(({ id }) => id === 'some-id');
    expect(newer).to.deep.include({
      event: 'unknown',
      auditableType: null,
      newValues: null,
      reason: 'unknown version',
    });
  });

  it('passes over damage, and says what is no cursor', async () => {
    const directory = path.join(shop.world.dir, 'buried');
    new DiskStore(directory).put(Batch.fromLines([line({})]), new Error('no'));
    const lane = path.join(directory, fs.readdirSync(directory)[0]!);
    const [segment] = fs.readdirSync(lane).filter((name) => name.endsWith('.journal'));
    fs.appendFileSync(path.join(lane, segment!), 'no frame at all\n');
    fs.mkdirSync(path.join(directory, 'no lane'));
    expect((await page('buried')).records).to.have.length(1);
    for (const after of ['x', Buffer.from('../../etc:1').toString('base64url')])
      expect(await refusal(shop.app, `/api/buried?after=${after}`)).to.include({
        status: 400,
        code: 'AUDIT_CURSOR',
      });
  });
});

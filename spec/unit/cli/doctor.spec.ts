import { expect } from 'chai';

import { judgeClocks } from '../../../cli/doctor/clock';
import { judgeDisk } from '../../../cli/doctor/disk';
import { judgeRedis } from '../../../cli/doctor/redis';
import type { RedisFacts } from '../../../cli/doctor/redis';

const GIBIBYTE = 1024 ** 3;

describe('What audit doctor says of a disk', () => {
  const disk = (type: number | undefined, freeBytes = 5 * GIBIBYTE): ReturnType<typeof judgeDisk> =>
    judgeDisk({ directory: '/var/audit', type, freeBytes });

  it('fails on a network file system, also where its number came out negative', () => {
    expect(disk(0x6969)).to.include({ verdict: 'fail' });
    expect(disk(0x6969).detail).to.equal('/var/audit is on NFS, a network file system');
    expect(disk(0xff534d42 | 0).detail).to.contain('CIFS');
    expect(disk(0x6969).remedy).to.contain('AUDIT_DIR');
  });

  it('warns of FUSE and of less than 1 GiB that is free', () => {
    expect(disk(0x65735546)).to.include({ verdict: 'warn' });
    expect(disk(0xef53, GIBIBYTE - 1)).to.include({ verdict: 'warn' });
    expect(disk(0xef53, GIBIBYTE)).to.deep.include({ verdict: 'ok', detail: '/var/audit: 1.0 GiB free' });
    expect(disk(undefined)).to.include({ verdict: 'ok' });
  });
});

describe('What audit doctor says of clocks', () => {
  const clock = (aheadMs: number, uncertainMs = 1): ReturnType<typeof judgeClocks> =>
    judgeClocks([
      { server: 'the database', aheadMs: 0, uncertainMs: 1 },
      { server: 'Redis a:1', aheadMs, uncertainMs },
    ]);

  it('takes the worst, either way: above 2 seconds it warns, above 60 it fails', () => {
    expect(clock(2_001)).to.include({ verdict: 'ok' });
    expect(clock(2_002)).to.include({ verdict: 'warn' });
    expect(clock(-60_001)).to.include({ verdict: 'warn' });
    expect(clock(-60_002)).to.include({ verdict: 'fail' });
    expect(clock(-90_000)?.detail).to.equal(
      'the database agrees with this host; Redis a:1 is 90.0 seconds behind this host',
    );
  });

  it('takes a slow answer for no difference, and no clock for none', () => {
    expect(clock(3_000, 1_500)).to.include({ verdict: 'ok' });
    expect(judgeClocks([])).to.equal(undefined);
  });
});

describe('What audit doctor says of Redis', () => {
  const facts = (change: Partial<RedisFacts> = {}): RedisFacts => ({
    name: 'a:1',
    info: { redis_version: '7.2.0', maxmemory_policy: 'noeviction', aof_enabled: '1' },
    config: { appendfsync: 'everysec', save: '' },
    refused: null,
    ...change,
  });
  const verdicts = (...nodes: RedisFacts[]): string[] => judgeRedis(nodes).map(({ verdict }) => verdict);

  it('fails below 6.2, and by numbers, not by text', () => {
    const ofVersion = (redis_version: string): string | undefined =>
      verdicts(facts({ info: { ...facts().info, redis_version } }))[0];
    expect(['5.0.14', '6.0.20', '6.2.0', '10.0.0'].map(ofVersion)).to.deep.equal(
      ['fail', 'fail', 'ok', 'ok'], // prettier-ignore
    );
  });

  it('fails where the disk takes nothing, and warns where appendfsync is off', () => {
    const broken = facts({ info: { ...facts().info, rdb_last_bgsave_status: 'err' } });
    expect(verdicts(broken)).to.deep.equal(['ok', 'ok', 'fail']);
    expect(verdicts(facts({ config: { appendfsync: 'no' } }))).to.deep.equal(['ok', 'ok', 'warn']);
    const rdb = facts({ info: { ...facts().info, aof_enabled: '0' }, config: { save: '3600 1' } });
    expect(verdicts(rdb)).to.deep.equal(['ok', 'ok', 'ok']);
  });

  it('lets the worst of several nodes count, and names them where they differ', () => {
    const evicting = facts({ name: 'b:2', info: { ...facts().info, maxmemory_policy: 'allkeys-lru' } });
    const [version, eviction] = judgeRedis([facts(), evicting]);
    expect(version).to.deep.include({ verdict: 'ok', detail: '7.2.0' });
    expect(eviction).to.include({ verdict: 'fail' });
    expect(eviction?.detail).to.match(/^a:1: maxmemory-policy noeviction; b:2: maxmemory-policy allkeys-lru/);
    expect(eviction?.remedy).to.contain('noeviction');
  });
});

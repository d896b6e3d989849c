import { expect } from 'chai';

import { parseGroupUrl } from '../../../lib/buffer/redis/group-url';

describe('URLs of several Redis servers', () => {
  it('name Sentinels, the master they look after, and the database', () => {
    expect(parseGroupUrl('redis+sentinel://me:p%40ss@a:1,b,[::1]:3/mymaster/2')).to.deep.equal({
      kind: 'sentinel',
      nodes: [
        { host: 'a', port: 1 },
        { host: 'b', port: 26_379 },
        { host: '[::1]', port: 3 },
      ],
      credentials: { username: 'me', password: 'p@ss' },
      tls: false,
      path: ['mymaster', '2'],
    });
  });

  it('name the nodes of a Cluster, with TLS or without', () => {
    expect(parseGroupUrl('rediss+cluster://:secret@a:7000,b')).to.deep.equal({
      kind: 'cluster',
      nodes: [
        { host: 'a', port: 7000 },
        { host: 'b', port: 6379 },
      ],
      credentials: { password: 'secret' },
      tls: true,
      path: [],
    });
  });

  it('are not those of a single server', () => {
    expect(parseGroupUrl('redis://localhost:6379/1')).to.equal(undefined);
    expect(parseGroupUrl('unix:///run/redis.sock')).to.equal(undefined);
  });
});

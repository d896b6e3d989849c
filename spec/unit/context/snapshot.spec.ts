import { setImmediate as immediate } from 'node:timers/promises';

import { expect } from 'chai';

import type { AuditContext } from '../../../lib/context/audit-context';
import { contextFields, isSuspended, runWithAuditContext, withoutAudit } from '../../../lib/context/scope';
import { resumeAuditContext, snapshotAuditContext } from '../../../lib/context/snapshot';
import { warningsOf } from '../helpers/warnings';

describe('A snapshot of an audit context', () => {
  const whole = {
    user: { type: 'Admin', id: 7 },
    onBehalfOf: { id: 8 },
    ipAddress: '::1',
    userAgent: 'curl',
    url: '/reset?token=abc',
    requestId: 'r1',
    tags: ['a', 'b'],
    reason: 'because',
    extra: { ticket: 5n, at: new Date(0), of: new Map([['a', 1]]), apiKey: 'k', deep: { password: 'p' } },
  } satisfies AuditContext;
  const sent = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
  const snapshotIn = (context: AuditContext): object => runWithAuditContext(context, snapshotAuditContext);

  it('is plain data, with secrets masked', () => {
    const snapshot = snapshotIn(whole);

    expect(snapshot).to.deep.equal({
      ...{ user: { type: 'Admin', id: '7' }, onBehalfOf: { type: 'User', id: '8' } },
      ...{ ipAddress: '::1', userAgent: 'curl', url: '/reset?token=[redacted]', requestId: 'r1' },
      ...{ tags: ['a', 'b'], reason: 'because' },
      extra: {
        ticket: { $audit: 'bigint', value: '5' },
        at: '1970-01-01T00:00:00.000Z',
        of: { $audit: 'map', value: [['a', 1]] },
        apiKey: '[redacted]',
        deep: { password: '[redacted]' },
      },
    });
    expect(sent(snapshot)).to.deep.equal(snapshot);
    expect(structuredClone(snapshot)).to.deep.equal(snapshot);
  });

  it('gives the same fields when it is resumed, after any number of journeys', () => {
    const before = runWithAuditContext(whole, contextFields);
    const again = sent(resumeAuditContext(sent(snapshotIn(whole)), snapshotAuditContext));

    const after = resumeAuditContext(again, contextFields);

    // A date is a text in the trail as well.
    const extra = { ...before.context, at: '1970-01-01T00:00:00.000Z' };
    expect(after).to.deep.equal({ ...before, context: extra });
  });

  it('is empty where nothing is known', () => {
    expect(snapshotAuditContext()).to.deep.equal({});
    expect(snapshotIn({ user: null, tags: [], extra: {} })).to.deep.equal({});
    expect(snapshotIn({ user: () => null, onBehalfOf: () => undefined })).to.deep.equal({});
  });

  it('knows the user of the moment it was taken', () => {
    let id = 1;
    const snapshot = runWithAuditContext({ user: () => ({ id }) }, () => {
      const taken = snapshotAuditContext();
      id = 2;
      return taken;
    });

    expect(resumeAuditContext(snapshot, contextFields)).to.include({ userId: '1' });
  });

  it('shares nothing with the context', () => {
    const context = { tags: ['a'], extra: { list: [1] } };
    const snapshot = snapshotIn(context);
    context.tags.push('b');
    context.extra.list.push(2);

    expect(snapshot).to.deep.equal({ tags: ['a'], extra: { list: [1] } });
  });

  it('never throws for what it holds', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const odd = {
      user: () => {
        throw new Error('no session');
      },
      reason: 5n, url: circle, tags: [Symbol('a')],
      extra: { get hidden() {
        throw new Error('no');
      }, circle, text: '\u0000\ud800' },
    } as unknown as AuditContext; // prettier-ignore

    expect(sent(snapshotIn(odd))).to.include({ reason: '5' });
  });

  it('runs the work in it, asynchronous work included, and gives back what it gives back', async () => {
    const url = await resumeAuditContext({ url: '/a' }, async () => {
      await immediate();
      return contextFields().url;
    });

    expect(url).to.equal('/a');
    expect(contextFields().url).to.equal(null);
    expect(() =>
      resumeAuditContext({}, () => {
        throw new Error('mine');
      }),
    ).to.throw('mine');
  });

  it('takes nothing from the context around it, of which a queue’s client knows nothing', () => {
    runWithAuditContext({ user: { id: 1 }, tags: ['other'] }, () => {
      expect(resumeAuditContext({ url: '/a' }, snapshotAuditContext)).to.deep.equal({ url: '/a' });
      for (const none of [undefined, null, {}]) {
        expect(resumeAuditContext(none, snapshotAuditContext)).to.deep.equal({});
      }
    });
  });

  it('may be added to within', () => {
    const fields = resumeAuditContext({ user: { id: '1' }, url: '/a' }, () =>
      runWithAuditContext({ tags: ['job'] }, contextFields),
    );

    expect(fields).to.deep.include({ userId: '1', url: '/a', tags: ['job'] });
  });

  it('keeps silence: its own, and that around it', () => {
    const snapshot = withoutAudit(snapshotAuditContext);

    expect(snapshot).to.deep.equal({ suspended: true });
    expect(resumeAuditContext(sent(snapshot), isSuspended)).to.equal(true);
    expect(withoutAudit(() => resumeAuditContext({}, isSuspended))).to.equal(true);
    expect(resumeAuditContext({}, isSuspended)).to.equal(false);
  });

  describe('that was damaged on its way', () => {
    it('lets the work run, with one warning', async () => {
      const [resume, ran]: [unknown[], string[]] = [['text', 5, true, [], [1], Symbol('a'), () => 1], []];

      const warnings = await warningsOf(() => {
        for (const snapshot of resume) {
          expect(resumeAuditContext(snapshot, snapshotAuditContext)).to.deep.equal({});
          ran.push(typeof snapshot);
        }
      });

      expect(ran).to.have.length(resume.length);
      expect(warnings).to.deep.equal([
        'The snapshot of an audit context cannot be used, and is left out: ' +
          'It must be an object, as snapshotAuditContext() gives.',
      ]);
    });

    it('keeps what can be used, and names what cannot', async () => {
      const damaged = {
        user: { type: 'User', id: { $gt: '' } }, onBehalfOf: 'bob', ipAddress: 5, userAgent: {}, url: ['/a'],
        requestId: 'r', reason: true, tags: { length: 1 }, extra: [1], suspended: 'yes', more: 'of a newer release',
      }; // prettier-ignore
      let seen: object = {};

      const warnings = await warningsOf(() => (seen = resumeAuditContext(damaged, snapshotAuditContext)));

      expect(seen).to.deep.equal({ requestId: 'r' });
      const named = warnings.map((text) => /^The (\w+) in a snapshot/.exec(text)?.[1]);
      expect(named).to.have.members([
        'user', 'onBehalfOf', 'ipAddress', 'userAgent', 'url', 'reason', 'tags', 'extra',
      ]); // prettier-ignore
    });

    it('does no harm', () => {
      const hostile = new Proxy({}, {
        get: () => {
          throw new Error('no');
        },
      }); // prettier-ignore
      const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`) as object;
      const polluting = JSON.parse('{"extra":{"__proto__":{"isAdmin":true},"constructor":1}}') as object;

      expect(resumeAuditContext(hostile, snapshotAuditContext)).to.deep.equal({});
      expect(resumeAuditContext({ extra: deep, url: '/a' }, contextFields)).to.include({ url: '/a' });
      resumeAuditContext(polluting, contextFields);
      expect({}).to.not.have.property('isAdmin');
      expect(resumeAuditContext({ tags: ['a', null, 5, {}] }, contextFields).tags).to.deep.equal(['a']);
    });
  });
});

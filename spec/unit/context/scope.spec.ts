import { EventEmitter, once } from 'node:events';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';

import { expect } from 'chai';

import { contextFields, isSuspended, runWithAuditContext, withoutAudit } from '../../../lib/context/scope';
import type { AuditContext } from '../../../lib/context/audit-context';

describe('The audit context', () => {
  const empty = {
    userType: null,
    userId: null,
    url: null,
    ipAddress: null,
    userAgent: null,
    requestId: null,
    tags: null,
    context: null,
  };
  const fieldsIn = (context: AuditContext): object => runWithAuditContext(context, contextFields);

  it('is empty where none is set', () => {
    expect(contextFields()).to.deep.equal(empty);
    expect(isSuspended()).to.equal(false);
  });

  it('puts all that it holds into a record', () => {
    expect(
      fieldsIn({
        user: { type: 'Admin', id: 7 },
        ipAddress: '::1',
        userAgent: 'curl',
        url: '/a?b',
        requestId: 'r1',
        tags: ['a', 'b'],
        reason: 'because',
        extra: { ticket: 5n },
      }),
    ).to.deep.equal({
      userType: 'Admin',
      userId: '7',
      ipAddress: '::1',
      userAgent: 'curl',
      url: '/a?b',
      requestId: 'r1',
      tags: ['a', 'b'],
      context: { reason: 'because', ticket: 5n },
    });
  });

  it('has neither tags nor context where they are empty', () => {
    expect(fieldsIn({ tags: [], extra: {} })).to.deep.equal(empty);
  });

  it('keeps the reason beside fields of the application’s own that have its name', () => {
    expect(fieldsIn({ reason: 'mine', extra: { reason: 'other' } })).to.deep.include({
      context: { reason: 'mine' },
    });
  });

  it('gives back what its work gives back, and throws what it throws', async () => {
    expect(runWithAuditContext({}, () => 5)).to.equal(5);
    expect(await runWithAuditContext({}, () => Promise.resolve(6))).to.equal(6);
    expect(() =>
      runWithAuditContext({}, () => {
        throw new Error('mine');
      }),
    ).to.throw('mine');
    expect(withoutAudit(() => 7)).to.equal(7);
  });

  describe('when nested', () => {
    it('takes what the inner one leaves out from the outer one', () => {
      runWithAuditContext({ user: { id: 1 }, url: '/outer', tags: ['outer'] }, () => {
        runWithAuditContext({ url: '/inner', reason: 'inner' }, () => {
          expect(contextFields()).to.deep.equal({
            ...empty,
            userType: 'User',
            userId: '1',
            url: '/inner',
            tags: ['outer'],
            context: { reason: 'inner' },
          });
        });
        expect(contextFields()).to.include({ url: '/outer' });
      });
      expect(contextFields()).to.deep.equal(empty);
    });

    it('takes undefined for left out, and null for nobody', () => {
      runWithAuditContext({ user: { id: 1 }, url: '/outer' }, () => {
        runWithAuditContext({ user: undefined as never, url: undefined }, () => {
          expect(contextFields()).to.include({ userId: '1', url: '/outer' });
        });
        runWithAuditContext({ user: null }, () => {
          expect(contextFields()).to.include({ userType: null, userId: null, url: '/outer' });
        });
      });
    });
  });

  describe('follows asynchronous work', () => {
    const here = (): string | null => contextFields().requestId;

    it('through promises, timers, immediates, ticks and microtasks', async () => {
      const seen = await runWithAuditContext({ requestId: 'r' }, async () => [
        await Promise.resolve().then(here),
        await delay(1).then(here),
        await immediate().then(here),
        await new Promise((resolve) => process.nextTick(() => resolve(here()))),
        await new Promise((resolve) => queueMicrotask(() => resolve(here()))),
        await new Promise((resolve) => setTimeout(() => resolve(here()), 1)),
        (await Promise.all([immediate().then(here), delay(1).then(here)])).join(),
      ]);

      expect(seen).to.deep.equal(['r', 'r', 'r', 'r', 'r', 'r', 'r,r']);
    });

    it('and keeps works that run side by side apart', async () => {
      const ids = Array.from({ length: 50 }, (_, i) => `request ${i}`);

      const seen = await Promise.all(
        ids.map((requestId, i) =>
          runWithAuditContext({ requestId }, async () => {
            await delay(i % 5);
            const before = here();
            await immediate();
            return [before, here()];
          }),
        ),
      );

      expect(seen).to.deep.equal(ids.map((id) => [id, id]));
      expect(here()).to.equal(null);
    });

    it('into an event awaited within, whoever emits it', async () => {
      const emitter = new EventEmitter();

      const seen = runWithAuditContext({ requestId: 'r' }, () => once(emitter, 'event').then(here));
      emitter.emit('event');

      expect(await seen).to.equal('r');
    });
  });

  describe('without audit', () => {
    it('is suspended for the work and all that it calls', async () => {
      await withoutAudit(async () => {
        expect(isSuspended()).to.equal(true);
        await immediate();
        expect(isSuspended()).to.equal(true);
        runWithAuditContext({ requestId: 'r' }, () => expect(isSuspended()).to.equal(true));
      });

      expect(isSuspended()).to.equal(false);
    });

    it('keeps the context, and ends with the work', () => {
      runWithAuditContext({ requestId: 'r' }, () => {
        withoutAudit(() => expect(contextFields().requestId).to.equal('r'));
        expect(isSuspended()).to.equal(false);
        expect(() =>
          withoutAudit(() => {
            throw new Error('mine');
          }),
        ).to.throw('mine');
        expect(isSuspended()).to.equal(false);
      });
    });
  });

  it('suggests the key that was meant', () => {
    expect(() => fieldsIn({ ip: '::1' } as never))
      .to.throw(/"ip"/)
      .with.property('code', 'AUDIT_OPTION');
    expect(() => fieldsIn({ requestID: 'r' } as never)).to.throw('Did you mean "requestId"?');
    expect(() => fieldsIn({ useragent: 'r' } as never)).to.throw('Did you mean "userAgent"?');
  });

  it('refuses what is no object', () => {
    for (const context of [null, undefined, 'user']) {
      expect(() => fieldsIn(context as never))
        .to.throw()
        .with.property('code', 'AUDIT_OPTION');
    }
  });

  it('never makes a capture fail for a field that is no text', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const odd = {
      url: new URL('http://h/a'),
      requestId: 5n,
      ipAddress: circle,
      userAgent: 7,
      tags: [Object.create(null), 1],
    };

    expect(fieldsIn(odd as never)).to.include({ requestId: '5', userAgent: '7' });
    const bare: unknown = Object.create(null);
    expect(fieldsIn({ url: bare, requestId: 'r' } as never)).to.include({ url: null, requestId: 'r' });
  });

  it('is the same for all captures, whatever becomes of the object it was made of', () => {
    const context = { user: { id: 1 }, tags: ['a'], extra: { step: 1 } };
    runWithAuditContext(context, () => {
      const first = contextFields();
      context.user.id = 2;
      context.tags.push('b');
      context.extra.step = 2;

      expect(contextFields()).to.deep.equal(first);
      expect(first).to.deep.include({ userId: '1', tags: ['a'], context: { step: 1 } });
    });
  });
});

import { EventEmitter, once } from 'node:events';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';

import { expect } from 'chai';

import { contextFields, isSuspended, runWithAuditContext, withoutAudit } from '../../lib/context/scope';
import type { AuditContext, UserLike } from '../../lib/context/audit-context';

/** What a Sequelize instance has in common with this is all that the context looks at. */
class Account {
  static primaryKeyAttributes = ['id'];
  readonly dataValues: Record<string, unknown>;

  constructor(id: unknown) {
    this.dataValues = { id };
  }
}

class Member extends Account {
  static override primaryKeyAttributes = ['tenant', 'number'];
}

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
  const userIn = (user: unknown): unknown[] => {
    const { userType, userId } = runWithAuditContext({ user: user as UserLike }, contextFields);
    return [userType, userId];
  };

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

  describe('has a user', () => {
    it('by type and id', () => {
      expect(userIn({ type: 'Admin', id: 'a-1' })).to.deep.equal(['Admin', 'a-1']);
      expect(userIn({ id: 5n })).to.deep.equal(['User', '5']);
      expect(userIn({ id: 0 })).to.deep.equal(['User', '0']);
      expect(userIn({ type: null, id: 1 })).to.deep.equal(['User', '1']);
      expect(userIn(Object.assign(Object.create(null) as object, { id: 1 }))).to.deep.equal(['User', '1']);
    });

    it('that is a Sequelize instance, by its model and key', () => {
      expect(userIn(new Account(42))).to.deep.equal(['Account', '42']);
      const member = new Member(0);
      Object.assign(member.dataValues, { tenant: 'x', number: 3 });
      expect(userIn(member)).to.deep.equal(['Member', '{"number":"3","tenant":"x"}']);
      expect(userIn(new Account(undefined))).to.deep.equal(['Account', null]);
    });

    it('that a function tells anew at each capture', () => {
      let id = 0;
      runWithAuditContext({ user: () => ({ id: ++id }), url: '/a' }, () => {
        expect(contextFields()).to.include({ userId: '1', url: '/a' });
        expect(contextFields()).to.include({ userId: '2', url: '/a' });
      });
      expect(userIn(() => new Account(7))).to.deep.equal(['Account', '7']);
    });

    it('or none, where the function has none, fails, or is asynchronous', () => {
      for (const user of [
        () => null,
        () => undefined,
        () => ({}),
        () => {
          throw new Error('no session');
        },
        () => Promise.resolve({ id: 1 }),
        () => 'bob',
      ]) {
        expect(userIn(user)).to.deep.equal([null, null]);
      }
    });

    it('and refuses one without an id', () => {
      for (const user of [{}, { type: 'User' }, { id: null }, 'bob', 42, Object.create(null)]) {
        expect(() => userIn(user))
          .to.throw(/needs an id/)
          .with.property('code', 'AUDIT_OPTION');
      }
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
